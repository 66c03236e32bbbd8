import { describe, expect, it } from "vitest";
import { almatyText, instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { nextOpening, type TimeBounds, timeBoundsNames } from "#shared/domain/time/time-bounds.ts";

const isWithinBounds = (bounds: TimeBounds, at: number) => nextOpening(bounds, at) === at;

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const opening = (bounds: TimeBounds, text: string) => almatyText(nextOpening(bounds, at(text)));

/* 23 November 2026 is a Monday, the 27th a Friday, the 28th a Saturday. */
const closings = [
	["def", 18, false],
	["wd99", 21, false],
	["wd911", 23, false],
	["ad96", 18, true],
	["ad99", 21, true],
	["ad911", 23, true],
] as const satisfies readonly (readonly [TimeBounds, number, boolean])[];

describe("the time windows", () => {
	it("are the seven of the document (R20)", () => {
		expect([...timeBoundsNames].sort()).toEqual(["ad911", "ad96", "ad99", "def", "full", "wd911", "wd99"]);
	});

	it.each(closings)("of %s open at nine and not a second earlier (A14)", (bounds) => {
		expect(isWithinBounds(bounds, at("2026-11-24 08:59:59"))).toBe(false);
		expect(isWithinBounds(bounds, at("2026-11-24 09:00:00"))).toBe(true);
		expect(opening(bounds, "2026-11-24 08:59:59")).toBe("2026-11-24 09:00:00");
		expect(opening(bounds, "2026-11-24 00:00:00")).toBe("2026-11-24 09:00:00");
	});

	it.each(closings)("of %s close at %i sharp: a message at the closing second waits (A14)", (bounds, closes) => {
		expect(isWithinBounds(bounds, at(`2026-11-24 ${closes - 1}:59:59`))).toBe(true);
		expect(isWithinBounds(bounds, at(`2026-11-24 ${closes - 1}:59:59`) + 999)).toBe(true);
		expect(isWithinBounds(bounds, at(`2026-11-24 ${closes}:00:00`))).toBe(false);
		expect(opening(bounds, `2026-11-24 ${closes}:00:00`)).toBe("2026-11-25 09:00:00");
	});

	it.each(closings)("of %s, which closes at %i, are open at weekends: %s (R20)", (bounds, closes, weekends) => {
		const friday = `2026-11-27 ${closes}:00:00`;

		expect(isWithinBounds(bounds, at("2026-11-28 12:00:00"))).toBe(weekends);
		expect(isWithinBounds(bounds, at("2026-11-29 12:00:00"))).toBe(weekends);
		expect(opening(bounds, friday)).toBe(weekends ? "2026-11-28 09:00:00" : "2026-11-30 09:00:00");
	});

	it("of full are always open", () => {
		for (const text of ["2026-11-24 00:00:00", "2026-11-28 03:00:00", "2026-11-29 23:59:59"]) {
			expect(isWithinBounds("full", at(text))).toBe(true);
		}
	});

	it("are in Almaty time and not in UTC: Sunday night in UTC is Monday there", () => {
		expect(isWithinBounds("def", Date.parse("2026-11-23T03:59:59Z"))).toBe(false);
		expect(isWithinBounds("def", Date.parse("2026-11-23T04:00:00Z"))).toBe(true);
		expect(opening("def", "2026-11-29 23:59:59")).toBe("2026-11-30 09:00:00");
	});

	it("open after the end of a year, and after the time zone change", () => {
		expect(opening("ad96", "2026-12-31 18:00:00")).toBe("2027-01-01 09:00:00");
		expect(nextOpening("def", Date.parse("2024-02-29T17:30:00Z"))).toBe(Date.parse("2024-03-01T04:00:00Z"));
		expect(nextOpening("def", Date.parse("2024-02-29T18:30:00Z"))).toBe(Date.parse("2024-03-01T04:00:00Z"));
	});
});
