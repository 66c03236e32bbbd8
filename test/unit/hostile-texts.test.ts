import { describe, expect, it } from "vitest";
import { ownerOf } from "#shared/domain/incoming/short-codes.ts";
import { rawResponse } from "#shared/net/raw-response.ts";

/* A pattern that backtracks over the long run takes minutes, and nothing else runs in the process meanwhile. */

describe("a response of a webhook, read by its status line", () => {
	const spaces = " ".repeat(8_000);

	it.each([
		["cut within spaces", `Retry-After:${spaces}`, null],
		["with spaces before its value", `Retry-After:${spaces}7\r\n\r\n`, "7"],
		["with spaces behind its value", `Retry-After: 7${spaces}\r\n\r\n`, "7"],
		["with tabs and no value", `Retry-After:${"\t".repeat(8_000)}\r\n\r\n`, ""],
		["cut within its value", "Retry-After: 12", null],
		["with bare line feeds", "Server: x\nretry-after: 12\n\n", "12"],
	])("is read at once with a Retry-After %s (A40)", (_, fields, retryAfter) => {
		const response = rawResponse(Buffer.from(`HTTP/1.1 500 x\r\n${fields}`));

		expect(response).toMatchObject({ status: 500, retryAfter });
	});

	it.each([
		["spaces in the status line", `HTTP/1.1 500${spaces}`],
		["line feeds before it", `${"\n".repeat(8_000)}HTTP/1.1 500 x`],
		["interim responses", "HTTP/1.1 100 x\n\n".repeat(1_000)],
	])("is null at once with many %s", (_, text) => {
		expect(rawResponse(Buffer.from(text))).toBeNull();
	});
});

describe("the body of such a response", () => {
	const chunked = "Transfer-Encoding: chunked\r\n\r\n";

	it.each([
		["one chunk", `${chunked}2\r\nOK\r\n0\r\n\r\n`, "OK"],
		["two chunks", `${chunked}1\r\nO\r\n1;x=y\r\nK\r\n0\r\n\r\n`, "OK"],
		["a chunk without an end", `${chunked}02 \nOK`, "OK"],
		["a chunk that is cut", `${chunked}a\r\nOK`, "OK"],
		["no chunk, although it says so", `${chunked}OK`, "OK"],
		["an empty chunk", `${chunked}0\r\n\r\n`, ""],
		["a chunk that is not announced", "Server: x\r\n\r\n2\r\nOK\r\n0\r\n\r\n", "2\r\nOK\r\n0\r\n\r\n"],
		["many chunks", `${chunked}${"1\r\nx\r\n".repeat(2_000)}`, "x".repeat(2_000)],
	])("is joined from %s (A39)", (_, fields, body) => {
		expect(rawResponse(Buffer.from(`HTTP/2 200\r\n${fields}`))?.body.toString()).toBe(body);
	});
});

describe("the first word of a subscriber's message", () => {
	const entries = [{ shortCode: "1234", keyword: "stop", userName: "own" }];

	it.each([
		["before and behind", `${"!".repeat(400_000)}stop${"?".repeat(400_000)}`, "own"],
		["within", `stop${"!".repeat(400_000)}x`, null],
		["only", "!".repeat(400_000), null],
	])("is found at once with much punctuation: %s (A48)", (_, text, owner) => {
		expect(ownerOf(entries, text)).toBe(owner);
	});
});
