import { describe, expect, it } from "vitest";
import type { HourCounts } from "#shared/domain/counts/count.ts";
import { accountUsageOf, usageCsv } from "#shared/domain/counts/usage.ts";

const place = { operator: "kcell", priority: 0 } as const;
const hours: readonly HourCounts[] = [
	{ userName: "kaspi", hour: 0, counts: [{ ...place, measure: "submitted", messages: 2, segments: 5 }] },
	{ userName: "kaspi", hour: 1, counts: [{ ...place, measure: "DELIVERED", messages: 2, segments: 5 }] },
	{
		userName: 'a,"b"',
		hour: 1,
		counts: [{ ...place, operator: null, measure: "UNDELIVERABLE:11", messages: 1, segments: 1 }],
	},
	{ userName: "idle", hour: 1, counts: [] },
];

describe("the usage of a month", () => {
	it("has a row for each account and operator with counts, in messages and segments", () => {
		expect(
			accountUsageOf(hours).map(({ account, operator, submitted, delivered }) => [
				account,
				operator,
				submitted,
				delivered,
			]),
		).toEqual([
			['a,"b"', null, { messages: 0, segments: 0 }, { messages: 0, segments: 0 }],
			["kaspi", "kcell", { messages: 2, segments: 5 }, { messages: 2, segments: 5 }],
		]);
	});

	it("is CSV with a header, and quotes what must be quoted", () => {
		expect(usageCsv("2026-11", accountUsageOf(hours)).split("\r\n")).toEqual([
			"month,account,operator,accepted_messages,accepted_segments,submitted_messages,submitted_segments,delivered_messages,delivered_segments,failed_messages,failed_segments,incoming_messages,incoming_segments",
			'2026-11,"a,""b""",,0,0,0,0,0,0,1,1,0,0',
			"2026-11,kaspi,kcell,0,0,2,5,2,5,0,0,0,0",
		]);
	});
});
