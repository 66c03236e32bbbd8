import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { httpHandler } from "#lambdas/http/http-handler.ts";
import { ok } from "#lambdas/http/responses.ts";
import { anHttpEvent } from "#test/fakes/http-events.ts";

const key = "0123456789abcdef";

/** What a handler behind CloudFront answers: the client's address. */
async function answerTo(headers: Readonly<Record<string, string>>, EDGE_KEY: string | undefined = key) {
	const handler = httpHandler(async ({ requestContext }) => ok(requestContext.http.sourceIp), { EDGE_KEY });
	return await handler(anHttpEvent({ headers }), {} as Context);
}

describe("a function behind CloudFront", () => {
	it.each([
		["198.51.100.10:46532", "198.51.100.10"],
		["2001:db8::8:47786", "2001:db8::8"],
		["[2001:db8::8]:47786", "2001:db8::8"],
	])("takes the client's address from CloudFront: %s", async (viewer, address) => {
		const answer = await answerTo({ "x-smsgw-edge-key": key, "cloudfront-viewer-address": viewer });

		expect([answer.statusCode, JSON.parse(answer.body ?? "")]).toEqual([200, address]);
	});

	it.each([
		["no key", {}],
		["a wrong key", { "x-smsgw-edge-key": "fedcba9876543210" }],
		["a shorter key", { "x-smsgw-edge-key": "0123" }],
		["an address of its own", { "cloudfront-viewer-address": "203.0.113.1:1" }],
	])("refuses a request with %s in the usual form, before any password is hashed (A43)", async (_, headers) => {
		const answer = await answerTo(headers);

		expect(answer.statusCode).toBe(403);
		expect(JSON.parse(answer.body ?? "")).toMatchObject({ error_message: expect.any(String), error_code: null });
	});
});

it("a function without CloudFront ignores what a client says of its address", async () => {
	const handler = httpHandler(async ({ requestContext }) => ok(requestContext.http.sourceIp), {});
	const event = anHttpEvent({ headers: { "cloudfront-viewer-address": "203.0.113.1:1" } });

	const answer = await handler(event, {} as Context);

	expect(JSON.parse(answer.body ?? "")).toBe(event.requestContext.http.sourceIp);
});
