import { describe, expect, it } from "vitest";
import { asRecord, asTable } from "#admin/output.ts";

describe("the text output of smsgw", () => {
	it("prints rows in columns, numbers aligned right, a dash for null", () => {
		const rows = [
			{ lane: "kcell-bulk", in_flight: 7, note: null },
			{ lane: "altel-bulk", in_flight: 1_000, note: "x" },
		];

		expect(asTable(rows, "none").text).toBe(
			["LANE        IN FLIGHT  NOTE", "kcell-bulk          7  -", "altel-bulk       1000  x"].join("\n"),
		);
		expect(asTable([], "none")).toEqual({ data: [], text: "none" });
	});

	it("prints a line for each field, nested fields by their path", () => {
		const record = { a: 1, inner: { b: null, list: ["x", "y"] }, none: [], rows: [{ c: true }] };

		expect(asRecord(record).text).toBe(
			["a           1", "inner.b     -", "inner.list  x, y", "none        -", "rows.0.c    true"].join("\n"),
		);
	});
});
