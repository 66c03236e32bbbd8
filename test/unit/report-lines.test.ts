import { describe, expect, it } from "vitest";
import { reportLines } from "#console/views/report-lines.ts";

const delivered = { message_id: 12, status: "DELIVERED", error_code: "0" };

describe("the lines of a webhook request", () => {
	it("are its statuses and subscribers' messages, at most five", () => {
		const failed = { message_id: 13, status: "FAILED", error_code: "27" };
		const incoming = { sender: "77010000000", recipient: "9090", text: "Yes" };

		expect(reportLines({ delivery_report: [delivered, failed] })).toEqual(["DELIVERED 12", "FAILED 27 13"]);
		expect(reportLines({ incoming_report: [incoming] })).toEqual(["77010000000 → 9090: Yes"]);
		expect(reportLines({ delivery_report: Array.from({ length: 9 }, () => delivered) })).toHaveLength(6);
	});

	it.each([
		...[null, "text", 5, true, [], [null], {}, { delivery_report: {} }, { delivery_report: null }],
		...[{ delivery_report: "x" }, { incoming_report: 1 }, { delivery_report: [] }],
	])("are none of what is no report: %j", (body) => {
		expect(reportLines(body)).toEqual([]);
	});

	it.each([
		...[
			{ delivery_report: [null] },
			{ delivery_report: [[1]] },
			{ delivery_report: [{ status: {}, message_id: null }] },
		],
		...[{ incoming_report: [7] }, { incoming_report: [{ text: { a: 1 }, sender: [] }] }],
	])("do not fail for strange entries: %j", (body) => {
		for (const line of reportLines(body)) expect(line).toMatch(/^[– →:]+$/);
	});

	it("are cut if they are long", () => {
		const [line = ""] = reportLines({ incoming_report: [{ text: "x".repeat(5_000) }] });

		expect(line.length).toBe(300);
	});
});
