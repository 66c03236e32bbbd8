import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { apiPage, apiPageText } from "#shared/contracts/openapi/api-page.ts";
import { openApiDocument, openApiText } from "#shared/contracts/openapi/document.ts";
import { examples } from "#shared/contracts/openapi/examples.ts";
import { postmanCollection, postmanText } from "#shared/contracts/openapi/postman.ts";
import { apiPagePath, routes } from "#shared/contracts/routes.ts";
import { undescribedIn, validatorOf } from "#test/described-answers.ts";

describe("the API's description", () => {
	it("is up to date: run npm run openapi", () => {
		expect(readFileSync("shared/contracts/openapi.json", "utf8")).toBe(openApiText());
	});

	it("has a page and a Postman collection that are up to date: run npm run openapi", () => {
		expect(readFileSync("shared/contracts/api-page.json", "utf8")).toBe(apiPageText());
		expect(readFileSync("docs/clients/smsgw.postman_collection.json", "utf8")).toBe(postmanText());
	});

	it("is valid OpenAPI 3.1", async () => {
		const validator = new Validator();

		const { valid, errors } = await validator.validate(openApiDocument());

		expect(errors ?? []).toEqual([]);
		expect([valid, validator.version]).toEqual([true, "3.1"]);
	});

	it("has every route, and no other (R1)", () => {
		const paths = openApiDocument()["paths"] as Record<string, object>;
		const described = Object.entries(paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		);

		const api = routes.filter(({ path }) => path !== apiPagePath);

		expect(described.sort()).toEqual(api.map(({ method, path }) => `${method} ${path.replace("+}", "}")}`).sort());
	});

	it.each([
		["MessageToSend", examples.message],
		["BatchToSend", examples.batch],
		["CreatedMessage", examples.createdMessage],
		["CreatedBatch", examples.createdBatch],
		["RefusedMessage", examples.refusedMessage],
		["Problem", examples.refusedBatch],
		["SenderNames", examples.senders],
		["DeliveryReports", examples.deliveryReports],
		["IncomingReports", examples.incomingReports],
	] as const)("has an example of %s that is valid", (name, example) => {
		const validate = validatorOf(name);

		validate(example);

		expect(validate.errors).toBeNull();
	});

	it.each([
		["without a sender", { sender: undefined }],
		["without a recipient", { recipient: undefined }],
		["with a client_message_id of 65", { client_message_id: "x".repeat(65) }],
		["with an empty text", { message_text: "" }],
		["with a text of 1,501", { message_text: "x".repeat(1_501) }],
		["with unknown time_bounds", { time_bounds: "night" }],
		["with a number for a schedule", { schedule: 5 }],
	])("accepts no message %s (R14, R15, R16, R17)", (_, fields) => {
		expect(validatorOf("MessageToSend")(JSON.parse(JSON.stringify({ ...examples.message, ...fields })))).toBe(false);
	});

	it("names the dictionary's code of each refused field (R39)", () => {
		const { properties } = (openApiDocument()["components"] as { schemas: Record<string, { properties: object }> })
			.schemas["MessageToSend"] ?? { properties: {} };

		expect(properties).toMatchObject({
			client_message_id: { "x-error-code": "12" },
			recipient: { "x-error-code": "11" },
			expire_date: { "x-error-code": "98" },
		});
		expect(properties).not.toHaveProperty("flash.x-error-code");
	});

	it("lets generated clients use the ids of all answers in paths, and leave out what is optional (A2)", () => {
		const { paths, components } = openApiDocument() as {
			paths: Record<
				string,
				Record<string, { parameters?: { name: string; in: string; schema: { anyOf?: object[] } }[] }>
			>;
			components: { schemas: Record<string, { properties: Record<string, object> }> };
		};
		const ids = Object.values(paths)
			.flatMap((methods) => Object.values(methods).flatMap(({ parameters = [] }) => parameters))
			.filter(({ name, in: place }) => place === "path" && ["message_id", "batch_id"].includes(name));
		const requestFields = ["MessageToSend", "BatchToSend"].flatMap((name) =>
			Object.entries(components.schemas[name]?.properties ?? {}),
		);

		expect(ids.map(({ schema }) => schema.anyOf)).toEqual(
			Array(5).fill([expect.objectContaining({ type: "integer" }), expect.objectContaining({ type: "string" })]),
		);
		expect(requestFields.filter(([, schema]) => "default" in schema)).toEqual([]);
		expect(components.schemas["MessageToSend"]?.properties["priority"]).toHaveProperty("type");
	});

	it("is imported by no deployed code", () => {
		const deployed = ["lambdas", "smpp", "shared"].flatMap((folder) =>
			readdirSync(folder, { recursive: true, encoding: "utf8" })
				.filter((file) => file.endsWith(".ts") && !file.startsWith("contracts/openapi/"))
				.map((file) => `${folder}/${file}`),
		);

		expect(deployed.filter((file) => /from ".*openapi\/.*"/.test(readFileSync(file, "utf8")))).toEqual([]);
	});
});

describe("the page about the API", () => {
	const { html, policy } = apiPage();

	it("loads nothing, and runs only the script and style that its policy names", () => {
		const hashes = [...html.matchAll(/<(?:script|style)>(.*?)<\/(?:script|style)>/gs)].map(
			([, content = ""]) => `'sha256-${createHash("sha256").update(content).digest("base64")}'`,
		);

		expect(hashes).toHaveLength(2);
		expect(hashes.filter((hash) => !policy.includes(hash))).toEqual([]);
		expect(policy).toMatch(/^default-src 'none';/);
		expect(html).not.toMatch(/\s(?:src|on\w+|style)=|https?:\/\//);
	});

	it("shows every operation, report and body, and links to those that exist", () => {
		const { paths, webhooks, components } = openApiDocument() as Record<string, Record<string, object>>;
		const operations = [paths, webhooks].flatMap((group) =>
			Object.values(group ?? {}).flatMap((methods) =>
				Object.values(methods as Record<string, { operationId: string }>),
			),
		);
		const names = [...operations.map(({ operationId }) => operationId), ...Object.keys(components?.["schemas"] ?? {})];
		const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);

		expect(names.filter((name) => !html.includes(`<section id="${name}">`))).toEqual([]);
		expect(links.filter((target) => !html.includes(`id="${target}"`))).toEqual([]);
	});
});

describe("the Postman collection", () => {
	it("has a request for each operation, with a body where one is needed", () => {
		const { item } = postmanCollection() as {
			item: { request: { method: string; url: { raw: string }; body?: { raw: string } } }[];
		};
		const requests = item.map(({ request }) => `${request.method} ${request.url.raw}`);

		expect(requests).toHaveLength(routes.length - 1);
		expect(requests).toContain("GET {{baseUrl}}/users/:user_name/client_messages/:client_message_id");
		for (const { request } of item.filter((one) => one.request.method === "POST"))
			expect(JSON.parse(request.body?.raw ?? "")).toBeTypeOf("object");
	});
});

describe("the check of an answer against the description", () => {
	const json = { "content-type": "application/json; charset=utf-8" };
	const located = { ...json, location: "https://x/messages/1" };
	const message = '{"message_id":"1"}';
	const found = (status: number, headers: Record<string, string>, text: string, path = "/messages") =>
		undescribedIn("POST", path, { status, headers: new Headers(headers), text });

	it("accepts answers that are as described", () => {
		expect(found(201, located, message)).toBeNull();
		expect(found(404, json, '{"error_message":"x","error_code":null,"field":null,"request_id":"r"}', "/no")).toBeNull();
	});

	it.each([
		["an unknown status", 418, located, message],
		["no Location", 201, json, message],
		["another header", 201, { ...located, "x-more": "1" }, message],
		["another type", 201, { ...located, "content-type": "text/plain" }, message],
		["a number for an id", 201, located, '{"message_id":1}'],
		["an additional field", 201, located, '{"message_id":"1","batch_id":null}'],
		["no error_code", 400, json, '{"error_message":"x","field":null,"request_id":"r"}'],
		["no Retry-After", 503, json, '{"error_message":"x","error_code":null,"field":null,"request_id":"r"}'],
	])("rejects %s", (_, status, headers, text) => {
		expect(found(status, headers, text)).toEqual(expect.any(String));
	});
});
