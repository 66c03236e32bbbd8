import { describe, expect, it } from "vitest";
import * as z from "zod";
import { countOrNone, duration, instant, newAccountName } from "#admin/inputs.ts";

const given = (schema: z.ZodType, text: string) => schema.safeParse(text).data;

describe("an input of smsgw", () => {
	it.each([
		["90s", 90_000],
		["30m", 1_800_000],
		["24h", 86_400_000],
		["7d", 604_800_000],
		["0s", 0],
	])("reads the duration %s as %i ms", (text, ms) => {
		expect(given(duration, text)).toBe(ms);
	});

	it.each(["", "24", "h", "-1h", "1.5h", "24 h", "1w"])('refuses the duration "%s"', (text) => {
		expect(given(duration, text)).toBeUndefined();
	});

	it("is an instant only with its zone", () => {
		expect(given(instant, "2026-11-25T09:00:00+05:00")).toBe(Date.UTC(2026, 10, 25, 4));
		for (const text of ["2026-11-25T09:00:00", "2026-11-25", "now"]) expect(given(instant, text)).toBeUndefined();
	});

	it("is a count or none, and nothing else", () => {
		const limit = countOrNone(z.int().min(1));

		expect([given(limit, "5"), given(limit, "none")]).toEqual([5, null]);
		for (const text of ["0", "-1", "1e3", "", "0x10"]) expect(given(limit, text)).toBeUndefined();
	});

	it("is an account name if HTTP Basic can carry it", () => {
		expect(given(newAccountName, "банк-1")).toBe("банк-1");
		for (const text of ["", "a:b", "a b", "a\u0000", "a".repeat(65)])
			expect(given(newAccountName, text)).toBeUndefined();
	});
});
