import { describe, expect, it } from "vitest";
import { almatyText, almatyTime, instantFromAlmatyText, instantOf } from "#shared/domain/time/almaty-time.ts";

/** When Almaty moved from +06:00 to +05:00: its clock went from 23:59:59 back to 23:00:00. */
const moved = Date.parse("2024-02-29T18:00:00Z");

describe("Almaty's clock", () => {
	it.each([
		["2014-12-24T10:33:05Z", "2014-12-24 16:33:05"],
		["2024-02-29T17:59:59Z", "2024-02-29 23:59:59"],
		["2024-02-29T18:00:00Z", "2024-02-29 23:00:00"],
		["2024-03-01T00:00:00Z", "2024-03-01 05:00:00"],
		["2026-11-23T06:00:00Z", "2026-11-23 11:00:00"],
		["2025-12-31T19:00:00Z", "2026-01-01 00:00:00"],
	])("shows at %s %s (A13)", (at, shown) => {
		expect(almatyText(Date.parse(at))).toBe(shown);
	});

	it("shows whole seconds, truncated and not rounded", () => {
		expect(almatyText(Date.parse("2026-11-23T06:00:00.999Z"))).toBe("2026-11-23 11:00:00");
	});

	it("is an hour closer to UTC from the moment of the change", () => {
		expect(almatyTime(moved - 1).hour).toBe(23);
		expect(almatyTime(moved).hour).toBe(23);
		expect(almatyTime(moved + 3_600_000)).toMatchObject({ year: 2024, month: 3, day: 1, hour: 0 });
	});

	it("gives the first instant of an hour that comes twice", () => {
		const twice = instantOf({ year: 2024, month: 2, day: 29, hour: 23, minute: 30, second: 0 });

		expect(twice).toBe(Date.parse("2024-02-29T17:30:00Z"));
	});

	it("reads the day after a month's last as the first of the next month", () => {
		expect(almatyText(instantOf({ year: 2026, month: 12, day: 32, hour: 9, minute: 0, second: 0 }))).toBe(
			"2027-01-01 09:00:00",
		);
	});
});

describe("a date and time of the contract", () => {
	it("is in Almaty time, whatever the process's own time zone (A13)", () => {
		expect(instantFromAlmatyText("2014-12-24 16:33:05")).toBe(Date.parse("2014-12-24T10:33:05Z"));
		expect(instantFromAlmatyText("2026-11-23 11:00:00")).toBe(Date.parse("2026-11-23T06:00:00Z"));
	});

	it("is read on both sides of the time zone change", () => {
		expect(instantFromAlmatyText("2024-02-29 22:59:59")).toBe(Date.parse("2024-02-29T16:59:59Z"));
		expect(instantFromAlmatyText("2024-03-01 00:00:00")).toBe(Date.parse("2024-02-29T19:00:00Z"));
	});

	it("may have spaces around it (A11)", () => {
		expect(instantFromAlmatyText("  2014-12-24 16:33:05 ")).toBe(Date.parse("2014-12-24T10:33:05Z"));
	});

	it("respects leap years", () => {
		expect(instantFromAlmatyText("2024-02-29 00:00:00")).not.toBeNull();
		expect(instantFromAlmatyText("2025-02-29 00:00:00")).toBeNull();
		expect(instantFromAlmatyText("2100-02-29 00:00:00")).toBeNull();
	});

	it.each([
		"",
		"2026-02-30 10:00:00",
		"2026-04-31 10:00:00",
		"2026-00-10 10:00:00",
		"2026-13-10 10:00:00",
		"2026-11-00 10:00:00",
		"2026-11-23 24:00:00",
		"2026-11-23 23:60:00",
		"2026-11-23 23:59:60",
		"2026-11-23T11:00:00",
		"2026-11-23 11:00",
		"2026-11-23  11:00:00",
		"2026-11-23 11:00:00Z",
		"2026-11-23 11:00:00+05:00",
		"2026-1-23 11:00:00",
		"26-11-23 11:00:00",
		"23.11.2026 11:00:00",
		"+002026-11-23 11:00:00",
		"0000-00-00 00:00:00",
		"tomorrow",
	])("is null where there is no such moment: %j (A11)", (text) => {
		expect(instantFromAlmatyText(text)).toBeNull();
	});
});
