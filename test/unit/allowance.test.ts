import { describe, expect, it } from "vitest";
import { answered, dayOf, givenBack, type Lease, leaseFor, secondOf, takeFrom } from "#shared/domain/allowance.ts";
import { instantFromAlmatyText } from "#shared/domain/almaty-time.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const limit = { max: 1_000, aheadMax: 50 };
const aLease = (parts: Partial<Lease> = {}): Lease => ({ ...leaseFor(undefined, "w"), ...parts });

describe("a window", () => {
	it("of a day begins and ends at Almaty's midnight, not at UTC's (A13)", () => {
		const [late, early] = [dayOf(at("2026-11-23 23:59:59")), dayOf(at("2026-11-24 00:00:00"))];

		expect([late.name, early.name]).toEqual(["day#2026-11-23", "day#2026-11-24"]);
		expect([late.endsAt, early.endsAt]).toEqual([at("2026-11-24 00:00:00"), at("2026-11-25 00:00:00")]);
	});

	it("of a day is as long as the day on which the zone moved", () => {
		const moved = dayOf(at("2024-02-29 12:00:00"));

		expect(moved.endsAt - at("2024-02-29 00:00:00")).toBe(25 * 3_600_000);
	});

	it("of a second ends with it", () => {
		expect(secondOf(5_999)).toEqual({ name: "second#5", endsAt: 6_000 });
		expect(secondOf(6_000).name).toBe("second#6");
	});
});

describe("a lease", () => {
	it("is used without a word to the counter while it holds enough", () => {
		const taken = takeFrom(aLease({ held: 5 }), 3, 3, limit);

		expect(taken).toMatchObject({ kind: "taken", lease: { held: 2, used: 3 } });
	});

	it("asks for no more than is lacking at first", () => {
		expect(takeFrom(aLease(), 1, 1, limit)).toEqual({ kind: "ask", wanted: 1 });
		expect(takeFrom(aLease({ held: 2 }), 7, 7, limit)).toEqual({ kind: "ask", wanted: 5 });
	});

	it.each([
		[80, 10],
		[400, 50],
		[900, 50],
	])("asks for an eighth of the %i used ahead, up to its bound: %i", (used, wanted) => {
		expect(takeFrom(aLease({ used }), 1, 1, limit)).toEqual({ kind: "ask", wanted });
		expect(takeFrom(aLease({ usedBefore: used }), 1, 1, limit)).toEqual({ kind: "ask", wanted });
	});

	it("asks at once for all that wait, and never for more than the limit", () => {
		expect(takeFrom(aLease(), 1, 200, limit)).toEqual({ kind: "ask", wanted: 200 });
		expect(takeFrom(aLease(), 1, 5_000, limit)).toEqual({ kind: "ask", wanted: 1_000 });
	});

	it("asks by halves for what is known to be scarce", () => {
		const scarce = answered(aLease(), 101, false);

		expect(takeFrom(scarce, 1, 5_000, limit)).toEqual({ kind: "ask", wanted: 50 });
		expect(takeFrom(scarce, 100, 5_000, limit)).toEqual({ kind: "ask", wanted: 100 });
	});

	it("does not ask in vain", () => {
		const empty = answered(aLease(), 1, false);

		expect(takeFrom(empty, 1, 1, limit).kind).toBe("over");
		expect(takeFrom(answered(aLease(), 7, false), 7, 7, limit).kind).toBe("over");
		expect(takeFrom(aLease(), 1_001, 1_001, limit).kind).toBe("over");
	});

	it("remembers how little is left when it gets some of it", () => {
		const granted = answered(answered(aLease(), 10, false), 4, true);

		expect(granted).toMatchObject({ held: 4, leftBelow: 6 });
	});

	it("holds nothing of the window before, whose use is a guess at this one's", () => {
		const next = leaseFor(aLease({ held: 9, used: 80, leftBelow: 1 }), "next");

		expect(next).toEqual({ window: "next", held: 0, used: 0, usedBefore: 80, leftBelow: Number.POSITIVE_INFINITY });
	});

	it("holds again what was given back, and no more than was used", () => {
		expect(givenBack(aLease({ held: 1, used: 3 }), 2)).toMatchObject({ held: 3, used: 1 });
		expect(givenBack(aLease({ used: 3 }), 9)).toMatchObject({ held: 3, used: 0 });
	});
});
