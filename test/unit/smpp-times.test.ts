import { describe, expect, it } from "vitest";
import { absoluteTime, readSmppTime } from "#smpp/wire/times.ts";

const now = Date.UTC(2026, 10, 23, 6, 0, 0);
const hour = 3_600_000;

describe("an SMPP time", () => {
	it.each([
		["261123090000000+", Date.UTC(2026, 10, 23, 9)],
		["261123090000020+", Date.UTC(2026, 10, 23, 4)],
		["261123090000020-", Date.UTC(2026, 10, 23, 14)],
		["261123090000523+", Date.UTC(2026, 10, 23, 9) - 23 * 15 * 60_000 + 500],
		["240229000000000+", Date.UTC(2024, 1, 29)],
		["261231235959048-", Date.UTC(2027, 0, 1, 11, 59, 59)],
	])("%s is an instant in its time zone", (text, at) => {
		expect(readSmppTime(text, now)).toEqual({ kind: "absolute", at });
	});

	it.each([
		["000000010000000R", now + hour],
		["000007000000000R", now + 7 * 24 * hour],
		["000000002359000R", now + 24 * 60_000 - 1_000],
		["000100000000000R", Date.UTC(2026, 11, 23, 6)],
		["010000000000000R", Date.UTC(2027, 10, 23, 6)],
		["000000000000000R", now],
	])("%s is relative to now", (text, at) => {
		expect(readSmppTime(text, now)).toEqual({ kind: "relative", at });
	});

	it.each([
		"270229000000000+",
		"261323000000000+",
		"261100000000000+",
		"261123240000000+",
		"261123096000000+",
		"261123090000049+",
		"26112309000000+",
		"2611230900000000+",
		"261123090000",
		"261123090000000R ",
		"2611230900000x0+",
		"-1-1-1-1-1-1-1-+",
		" ",
		"R",
	])("%s is malformed", (text) => {
		expect(readSmppTime(text, now)).toEqual({ kind: "malformed" });
	});

	it("is null when it is empty", () => {
		expect(readSmppTime("", now)).toBeNull();
	});

	it("is read back as it is written", () => {
		expect(readSmppTime(absoluteTime(now), now)).toEqual({ kind: "absolute", at: now });
	});
});
