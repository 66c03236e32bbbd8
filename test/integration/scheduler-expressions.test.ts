import { describe, expect, it } from "vitest";
import { nextFiring, parseFiringRule } from "#local/scheduler/firing-rule.ts";

const always = { from: Date.parse("2026-01-01T00:00:00Z"), until: Number.POSITIVE_INFINITY };

describe("a schedule expression", () => {
	it.each([
		["at(2026-03-01T09:00:00)", "Asia/Almaty", "2026-02-01T00:00:00Z", "2026-03-01T04:00:00Z"],
		["at(2024-02-01T09:00:00)", "Asia/Almaty", "2024-01-01T00:00:00Z", "2024-02-01T03:00:00Z"],
		["at(2026-03-01T09:00:00)", "UTC", "2026-02-01T00:00:00Z", "2026-03-01T09:00:00Z"],
		["cron(7,22,37,52 * * * ? *)", "Asia/Almaty", "2026-01-01T10:07:00Z", "2026-01-01T10:22:00Z"],
		["cron(7,22,37,52 * * * ? *)", "Asia/Almaty", "2026-01-01T23:52:00Z", "2026-01-02T00:07:00Z"],
		["cron(0 9 ? * MON-FRI *)", "Asia/Almaty", "2026-01-02T05:00:00Z", "2026-01-05T04:00:00Z"],
		["cron(0/20 8-9 1 JAN,JUL ? *)", "UTC", "2026-01-01T09:40:00Z", "2026-07-01T08:00:00Z"],
		["cron(0 0 29 2 ? *)", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
		["cron(30 2 29 3 ? 2026)", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-29T01:30:00Z"],
		["rate(5 minutes)", "UTC", "2026-01-01T00:04:59Z", "2026-01-01T00:05:00Z"],
		["rate(1 day)", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"],
	])("%s in %s after %s fires at %s", (expression, zone, after, expected) => {
		const next = nextFiring(parseFiringRule(expression, zone), Date.parse(after), always);

		expect(next).toBe(Date.parse(expected));
	});

	it.each([
		["at(2026-03-01T09:00:00)", "2026-03-01T09:00:00Z"],
		["cron(0 0 1 1 ? 2025)", "2026-01-01T00:00:00Z"],
	])("%s does not fire after %s", (expression, after) => {
		expect(nextFiring(parseFiringRule(expression, "UTC"), Date.parse(after), always)).toBeUndefined();
	});

	it("does not fire before its start or after its end", () => {
		const bounds = { from: Date.parse("2026-01-01T10:00:00Z"), until: Date.parse("2026-01-01T10:30:00Z") };
		const hourly = parseFiringRule("cron(0 * * * ? *)", "UTC");

		expect(nextFiring(hourly, Date.parse("2026-01-01T08:30:00Z"), bounds)).toBe(bounds.from);
		expect(nextFiring(hourly, bounds.from, bounds)).toBeUndefined();
	});

	it.each([
		"at(2026-13-01T09:00:00)",
		"at(tomorrow)",
		"cron(* * * * *)",
		"cron(0 9 * * * *)",
		"cron(0 9 L * ? *)",
		"rate(0 days)",
		"",
	])("%j is refused", (expression) => {
		expect(() => parseFiringRule(expression, "UTC")).toThrow();
	});

	it("is refused with a time zone that does not exist", () => {
		expect(() => parseFiringRule("rate(1 day)", "Asia/Nowhere")).toThrow(/Asia\/Nowhere/);
	});
});
