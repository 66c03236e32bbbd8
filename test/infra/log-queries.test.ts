import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { logQueries } from "#infra/log-queries.ts";
import { gatewayTemplate } from "./gateway-template.ts";
import { insightsQuery } from "./insights-query.ts";
import { commonFields, errorFields, loggedFields } from "./logged-fields.ts";

const all = Object.entries(logQueries).map(([name, { of, query }]) => ({ name, of: of as readonly string[], query }));
const known = loggedFields();
const ofInsights = ["@timestamp", "@message", "@log"];

/** The names of a query that no line has that it reads. */
function unknownIn({ of, query }: { readonly of: readonly string[]; readonly query: string }): readonly string[] {
	const { events, fields } = insightsQuery(query);
	const own = events.length > 0 ? events : [...known.keys()];
	const logged = new Set(own.flatMap((event) => [...(known.get(event) ?? [])]));
	const isOfAccess = of.includes("access");
	const names = isOfAccess ? accessFields() : [...commonFields, ...logged, ...(logged.has("err") ? errorFields : [])];
	const withoutIndex = fields.map((field) => field.replace(/(\.\d+)+$/, ""));
	return [
		...events.filter((event) => !known.has(event)),
		...withoutIndex.filter((field) => ![...ofInsights, ...names].includes(field)),
	];
}

/** Of the access log's lines, which the template of the API writes. */
function accessFields(): readonly string[] {
	const stage = Object.values(gatewayTemplate.Resources).find(({ Type }) => Type === "AWS::ApiGatewayV2::Stage");
	const settings = stage?.Properties["AccessLogSettings"] as { readonly Format: string } | undefined;
	return Object.keys(JSON.parse(settings?.Format ?? "{}") as object);
}

/** By the heading of the article that names them. */
function queriesInRunbook(): ReadonlyMap<string, readonly string[]> {
	const articles = readFileSync(join(root, "docs/runbook.md"), "utf8").split(/^## /m);
	const names = new Set<string>(Object.keys(logQueries));
	return new Map(
		articles.map((article) => [
			article.split("\n")[0] ?? "",
			[...article.matchAll(/saved quer(?:y|ies) (`[^`]+`(?: and `[^`]+`)?)/g)]
				.flatMap(([, list = ""]) => [...list.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name))
				.map((name) => (names.has(name) ? name : `unknown: ${name}`)),
		]),
	);
}

describe("the saved log queries", () => {
	it.each(all)("name events and fields that our log lines have: $name", (query) => {
		expect(unknownIn(query)).toEqual([]);
	});

	it.each([
		['filter event in ["messages.ended", "no.event"]', "no.event"],
		['filter event = "bind.down"\n| stats count(*) as times by user_name', "user_name"],
		["fields message_identity", "message_identity"],
		['filter event = "messages.ended"\n| fields err.message', "err.message"],
	])("would be found if they named others: %s", (query, unknown) => {
		expect(unknownIn({ of: ["task"], query })).toEqual([unknown]);
	});

	it("read the access log by the fields that it has", () => {
		expect(unknownIn({ of: ["access"], query: "fields status, user_name" })).toEqual(["user_name"]);
	});

	it("are in the stack under the stage's name, for log groups of its own", () => {
		const definitions = Object.values(gatewayTemplate.Resources)
			.filter(({ Type }) => Type === "AWS::Logs::QueryDefinition")
			.map(({ Properties }) => Properties);

		expect(definitions.map(({ Name, QueryString }) => [Name, QueryString])).toEqual(
			all.map(({ name, query }) => [`smsgw-sample/${name}`, query]),
		);
		for (const { LogGroupNames } of definitions) expect((LogGroupNames as object[]).length).toBeGreaterThan(0);
	});

	it("are each named in an article of the runbook, which names no others", () => {
		const named = [...queriesInRunbook().values()].flat();

		expect(new Set(named)).toEqual(new Set(Object.keys(logQueries)));
	});
});
