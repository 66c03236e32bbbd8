import { describe, expect, it } from "vitest";
import type { Count, HourCounts } from "#shared/domain/counts/count.ts";
import { dayBefore, periodStarts, rangeOfDays, rangeOfMonth } from "#shared/domain/counts/periods.ts";
import { seriesOf, statisticsByPeriod, statisticsOf } from "#shared/domain/counts/statistics.ts";
import { accountUsageOf } from "#shared/domain/counts/usage.ts";

const aCount = (measure: Count["measure"], messages: number, parts: Partial<Count> = {}): Count => ({
	operator: "kcell",
	priority: 0,
	measure,
	messages,
	segments: messages,
	...parts,
});

/** An hour of 28 November 2026 in Almaty, five hours ahead of UTC. */
const hourAt = (hour: number) => Date.UTC(2026, 10, 28, hour - 5);
const anHour = (hour: number, counts: readonly Count[], userName = "demo"): HourCounts => ({
	userName,
	hour: hourAt(hour),
	counts,
});

describe("statistics", () => {
	it("add up hours and accounts, and list how messages ended, with the meaning of each code", () => {
		const all = statisticsOf([
			anHour(9, [aCount("accepted", 5), aCount("submitted", 4, { segments: 6 }), aCount("DELIVERED", 3)]),
			anHour(10, [aCount("EXPIRED:22", 1), aCount("owed", 4), aCount("reported", 3)], "kaspi"),
			anHour(11, [aCount("ACCEPTED", 2), aCount("incoming", 7)]),
		]);

		expect(all).toEqual({
			accepted: { messages: 5, segments: 5 },
			submitted: { messages: 4, segments: 6 },
			delivered: { messages: 3, segments: 3 },
			failed: { messages: 1, segments: 1 },
			incoming: { messages: 7, segments: 7 },
			reported: 3,
			unreported: 1,
			endings: [
				{ status: "DELIVERED", errorCode: null, meaning: null, messages: 3, segments: 3 },
				{ status: "ACCEPTED", errorCode: null, meaning: null, messages: 2, segments: 2 },
				{ status: "EXPIRED", errorCode: "22", meaning: "Message expired", messages: 1, segments: 1 },
			],
		});
	});

	it("count a message as accepted that left NEW, though its acceptance was not counted", () => {
		const lost = anHour(9, [aCount("accepted", 3), aCount("left", 5), aCount("accepted", 9, { priority: 2 })]);
		const waiting = anHour(10, [aCount("accepted", 10), aCount("left", 2)]);

		expect(statisticsOf([lost, waiting]).accepted.messages).toBe(5 + 9 + 10);
	});

	it("never go below zero, though a count was lost that is taken back later", () => {
		const all = statisticsOf([
			anHour(9, [aCount("EXPIRED:22", -1), aCount("owed", -2), aCount("submitted", -1), aCount("DELIVERED", 1)]),
		]);

		expect(all).toMatchObject({ failed: { messages: 0, segments: 0 }, submitted: { messages: 0 }, unreported: 0 });
		expect(all.endings.map(({ status }) => status)).toEqual(["DELIVERED"]);
		expect(accountUsageOf([anHour(9, [aCount("DELIVERED", 1), aCount("EXPIRED:22", -1)])])[0]?.failed).toEqual({
			messages: 0,
			segments: 0,
		});
	});

	it("can be of one operator or priority", () => {
		const hours = [
			anHour(9, [aCount("DELIVERED", 1), aCount("DELIVERED", 2, { operator: "tele2" })]),
			anHour(9, [aCount("DELIVERED", 4, { priority: 2 })]),
		];

		expect(statisticsOf(hours, { operator: "tele2" }).delivered.messages).toBe(2);
		expect(statisticsOf(hours, { operator: "kcell", priority: 2 }).delivered.messages).toBe(4);
	});

	it("have no ending that other changes took back", () => {
		const hours = [anHour(9, [aCount("EXPIRED:22", 1)]), anHour(9, [aCount("EXPIRED:22", -1)])];

		expect(statisticsOf(hours).endings).toEqual([]);
	});

	it("come by hour, day or month of Almaty, without empty periods", () => {
		const hours = [anHour(1, [aCount("DELIVERED", 1)]), anHour(23, [aCount("DELIVERED", 2)])];
		const next = anHour(24, [aCount("DELIVERED", 4)]);
		const by = (kind: "hour" | "day" | "month") =>
			statisticsByPeriod([next, ...hours], kind).map(({ period, delivered }) => [period, delivered.messages]);

		expect(by("hour")).toEqual([
			["2026-11-28 01:00:00", 1],
			["2026-11-28 23:00:00", 2],
			["2026-11-29 00:00:00", 4],
		]);
		expect(by("day")).toEqual([
			["2026-11-28", 3],
			["2026-11-29", 4],
		]);
		expect(by("month")).toEqual([["2026-11", 7]]);
	});

	it("have a series for a plot, with zeros where nothing was counted", () => {
		const range = { from: hourAt(8), to: hourAt(11) };

		const { times, delivered, failed } = seriesOf([anHour(9, [aCount("DELIVERED", 2)])], range, "hour");

		expect(times).toEqual([hourAt(8), hourAt(9), hourAt(10)]);
		expect(delivered).toEqual([0, 2, 0]);
		expect(failed).toEqual([0, 0, 0]);
	});
});

describe("a range of counts", () => {
	it("has whole days of Almaty, the last one included", () => {
		expect(rangeOfDays("2026-11-28", "2026-11-28")).toEqual({ from: hourAt(0), to: hourAt(24) });
		expect(dayBefore("2026-03-01", 1)).toBe("2026-02-28");
	});

	it.each(["2026-02-30", "2026-13-01", "2026-1-1", "today", ""])("has no day %j", (day) => {
		expect(rangeOfDays(day, "2026-12-31")).toBeNull();
	});

	it("has the months of the year", () => {
		const range = rangeOfMonth("2026-12");

		expect(range && periodStarts(range, "day")).toHaveLength(31);
		expect(rangeOfMonth("2026-13")).toBeNull();
		expect(rangeOfMonth("november")).toBeNull();
	});

	it("stays whole when the zone changed its offset, on 1 March 2024", () => {
		const range = rangeOfDays("2024-02-29", "2024-03-01");

		expect(range && range.to - range.from).toBe(49 * 3_600_000);
		expect(range && periodStarts(range, "day")).toHaveLength(2);
	});
});
