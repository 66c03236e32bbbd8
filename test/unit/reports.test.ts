import { describe, expect, it } from "vitest";
import { confirms } from "#shared/domain/reports/confirmation.ts";
import { retryAfterSeconds, retryDelaySeconds } from "#shared/domain/reports/report-retries.ts";

describe("the answer of a client's server", () => {
	it.each([
		[204, ""],
		[204, "whatever"],
		[200, "OK"],
		[201, "OK"],
		[200, "ok"],
		[200, " Ok\r\n"],
		[200, '"OK"'],
		[201, "'ok'"],
	])("confirms a report: %i %j (R42, A39)", (status, body) => {
		expect(confirms("document", status, body)).toBe(true);
	});

	it.each([
		[200, ""],
		[200, "OKAY"],
		[200, "not OK"],
		[200, '"OK'],
		[200, "'OK\""],
		[200, '{"status":"OK"}'],
		[200, "<html>OK</html>"],
		[202, "OK"],
		[206, "OK"],
		[301, "OK"],
		[400, "OK"],
		[500, "OK"],
		[0, "OK"],
	])("does not confirm a report: %i %j (R42, A39)", (status, body) => {
		expect(confirms("document", status, body)).toBe(false);
	});

	it("confirms with any 2xx when the account says so (A39)", () => {
		expect([199, 200, 202, 299, 300].map((status) => confirms("any2xx", status, "no"))).toEqual([
			false,
			true,
			true,
			true,
			false,
		]);
	});
});

describe("the attempts of a report", () => {
	it("are eleven over about a day, with these delays (A40)", () => {
		const waits = Array.from({ length: 11 }, (_, tries) => retryDelaySeconds(tries + 1, 0.5));

		expect(waits).toEqual([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800, null]);
	});

	it("wait up to a fifth less or more, by chance (A40)", () => {
		expect([retryDelaySeconds(4, 0), retryDelaySeconds(4, 1)]).toEqual([480, 720]);
		expect([retryDelaySeconds(1, 0), retryDelaySeconds(1, 1)]).toEqual([4, 6]);
	});

	it("never wait longer than SQS's maximum visibility timeout", () => {
		expect(retryDelaySeconds(10, 1)).toBeLessThanOrEqual(12 * 3_600);
	});

	it("end after the eleventh", () => {
		expect([retryDelaySeconds(12, 0), retryDelaySeconds(1_000, 0)]).toEqual([null, null]);
	});
});

describe("a Retry-After", () => {
	const now = Date.parse("2026-11-23T06:00:00Z");

	it.each([
		["120", 120],
		[" 0 ", 0],
		["Mon, 23 Nov 2026 06:01:00 GMT", 60],
		["Mon, 23 Nov 2026 05:00:00 GMT", 0],
		["999999999999", 28_800],
		["Fri, 31 Dec 9999 23:59:59 GMT", 28_800],
		["Monday, 23-Nov-26 06:01:00 GMT", 60],
		["Mon Nov 23 06:01:00 2026", 60],
		["soon", null],
		["-5", null],
		["1.5", null],
		["1e3", null],
		["2026-11-23T06:01:00Z", null],
		["", null],
		[null, null],
	])("of %j is %s seconds, at most eight hours (A40)", (header, seconds) => {
		expect(retryAfterSeconds(header, now)).toBe(seconds);
	});
});
