import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { tableRoles } from "#infra/table-roles.ts";
import type { Item } from "#shared/aws/dynamo/dynamo-items.ts";
import { itemOf, searchAttributes } from "#shared/aws/dynamo/message-columns.ts";
import { historyEntry } from "#shared/domain/message/history-entry.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { commandLineActions, dataModelFile, dataModelPage } from "#test/documentation/data-model.ts";
import { aMessage } from "#test/fakes/builders.ts";

const page = readFileSync(join(root, dataModelFile), "utf8");

/** The backticked names in the first column of the table with this heading. */
function documentedNames(firstHeading: string): readonly string[] {
	const table = page.split("\n\n").find((block) => block.startsWith(`| ${firstHeading} |`)) ?? "";
	const rows = table.split("\n").slice(2);
	return rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name));
}

/** A message that has everything, so that each of its fields is stored. */
const full: Message = aMessage({
	finalText: "remove",
	textDigest: "x",
	batchId: 1,
	isFailFast: true,
	flash: true,
	schedule: 1,
	scheduleState: "N",
	errorCode: "22",
	clientAddress: "203.0.113.7",
	bindIndex: 1,
	history: [historyEntry("picked_up", 1, {})],
	sentAt: 1,
	confirmedAt: 1,
	holder: "entry",
	waitsUntil: 1,
	pausedAt: 1,
	repeated: { segmentIndex: 0, times: 1 },
	refused: { code: "8", times: 4 },
	segments: [{ smscId: "1", status: "EXPIRED", statusAt: 1, errorCode: "22", reason: "x" }],
	reportBatchId: "a",
	sentReportBatchId: "b",
	enRouteReportBatchId: "c",
	wantsInterimReports: true,
	reportPreference: "failures",
	given: { timeBounds: true, expiresAt: 1 },
	refusalText: "wrong",
	unreadFields: ["flash"],
	part: { reference: 1, total: 2, number: 1, encoding: "gsm7", octets: "" },
	smpp: { session: "task#1", address: "203.0.113.7", reference: 1, receiptId: 2, messageClass: 3 },
});
const item: Item = { ...itemOf(full), ...searchAttributes(full) };
const fieldsOf = (column: "m" | "s") => Object.keys(JSON.parse(item[column]?.S ?? "{}"));

describe("the data model's page", () => {
	it("is up to date: npm run data-model", () => {
		expect(page).toBe(dataModelPage(page));
	});

	it("has every column of a message, and no other", () => {
		expect(Object.values(full).filter((value) => value === null)).toEqual([]);
		expect([...new Set(documentedNames("column"))].sort()).toEqual(Object.keys(item).sort());
		expect([...documentedNames("in `m`")].sort()).toEqual(fieldsOf("m").sort());
		expect([...documentedNames("in `s`")].sort()).toEqual(fieldsOf("s").sort());
	});
});

describe("the command line's policy", () => {
	it("names the tables that its commands use, and no other", () => {
		const folder = join(root, "admin");
		const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
		const used = sources.flatMap((file) =>
			[...readFileSync(join(folder, file), "utf8").matchAll(/\.table\("([^"]+)"\)/g)].map(([, role]) => role),
		);

		const granted = tableRoles.filter((role) => commandLineActions(role).length > 0);

		expect([...granted].sort()).toEqual([...new Set(used)].sort());
	});
});
