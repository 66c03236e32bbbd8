import { describe, expect, it } from "vitest";
import {
	afterAnswer,
	type CachedQuota,
	cachedFor,
	dayWindow,
	secondWindow,
	takeCached,
	withReturned,
} from "#shared/domain/limits/quota.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const limit = { max: 1_000, aheadMax: 50 };
const aCachedQuota = (parts: Partial<CachedQuota> = {}): CachedQuota => ({ ...cachedFor(undefined, "w"), ...parts });

describe("a window", () => {
	it("of a day begins and ends at midnight in Almaty, not in UTC (A13)", () => {
		const [late, early] = [dayWindow(at("2026-11-23 23:59:59")), dayWindow(at("2026-11-24 00:00:00"))];

		expect([late.name, early.name]).toEqual(["day#2026-11-23", "day#2026-11-24"]);
		expect([late.endsAt, early.endsAt]).toEqual([at("2026-11-24 00:00:00"), at("2026-11-25 00:00:00")]);
	});

	it("of a day is as long as the day of the time zone change", () => {
		const moved = dayWindow(at("2024-02-29 12:00:00"));

		expect(moved.endsAt - at("2024-02-29 00:00:00")).toBe(25 * 3_600_000);
	});

	it("of a second ends with it", () => {
		expect(secondWindow(5_999)).toEqual({ name: "second#5", endsAt: 6_000 });
		expect(secondWindow(6_000).name).toBe("second#6");
	});
});

describe("a cached quota", () => {
	it("is used without a call to the counter while it is large enough", () => {
		const taken = takeCached(aCachedQuota({ held: 5 }), 3, 3, limit);

		expect(taken).toMatchObject({ kind: "taken", cached: { held: 2, used: 3 } });
	});

	it("asks at first only for what is missing", () => {
		expect(takeCached(aCachedQuota(), 1, 1, limit)).toEqual({ kind: "ask", wanted: 1 });
		expect(takeCached(aCachedQuota({ held: 2 }), 7, 7, limit)).toEqual({ kind: "ask", wanted: 5 });
	});

	it.each([
		[80, 10],
		[400, 50],
		[900, 50],
	])("asks for an eighth of the %i used ahead, up to a bound: %i", (used, wanted) => {
		expect(takeCached(aCachedQuota({ used }), 1, 1, limit)).toEqual({ kind: "ask", wanted });
		expect(takeCached(aCachedQuota({ usedBefore: used }), 1, 1, limit)).toEqual({ kind: "ask", wanted });
	});

	it("asks at once for all waiting requests, and never for more than the limit", () => {
		expect(takeCached(aCachedQuota(), 1, 200, limit)).toEqual({ kind: "ask", wanted: 200 });
		expect(takeCached(aCachedQuota(), 1, 5_000, limit)).toEqual({ kind: "ask", wanted: 1_000 });
	});

	it("asks by halves when little remains", () => {
		const scarce = afterAnswer(aCachedQuota(), 101, false);

		expect(takeCached(scarce, 1, 5_000, limit)).toEqual({ kind: "ask", wanted: 50 });
		expect(takeCached(scarce, 100, 5_000, limit)).toEqual({ kind: "ask", wanted: 100 });
	});

	it("makes no call that cannot succeed", () => {
		const empty = afterAnswer(aCachedQuota(), 1, false);

		expect(takeCached(empty, 1, 1, limit).kind).toBe("over");
		expect(takeCached(afterAnswer(aCachedQuota(), 7, false), 7, 7, limit).kind).toBe("over");
		expect(takeCached(aCachedQuota(), 1_001, 1_001, limit).kind).toBe("over");
	});

	it("remembers how little remains when it gets some of it", () => {
		const granted = afterAnswer(afterAnswer(aCachedQuota(), 10, false), 4, true);

		expect(granted).toMatchObject({ held: 4, remainingBelow: 6 });
	});

	it("holds nothing from the window before, and uses that window's use as an estimate", () => {
		const next = cachedFor(aCachedQuota({ held: 9, used: 80, remainingBelow: 1 }), "next");

		expect(next).toEqual({
			window: "next",
			held: 0,
			used: 0,
			usedBefore: 80,
			remainingBelow: Number.POSITIVE_INFINITY,
		});
	});

	it("holds returned amounts again, and no more than was used", () => {
		expect(withReturned(aCachedQuota({ held: 1, used: 3 }), 2)).toMatchObject({ held: 3, used: 1 });
		expect(withReturned(aCachedQuota({ used: 3 }), 9)).toMatchObject({ held: 3, used: 0 });
	});
});
