import { describe, expect, it } from "vitest";
import { earliestSendAt, sendTime } from "#shared/domain/schedule/send-time.ts";
import { decidePickUp } from "#shared/domain/send/pick-up.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { aMessage } from "#test/fakes/builders.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const far = at("2027-01-01 00:00:00");
const eleven = at("2026-11-24 11:00:00");

describe("the send time of a message", () => {
	it("is now in an open window", () => {
		expect(sendTime({ timeBounds: "def", schedule: null, expiresAt: far }, eleven)).toEqual({ kind: "now" });
	});

	it("is the slot at the next opening when its window is closed (A15)", () => {
		const timing = { timeBounds: "def", schedule: null, expiresAt: far } as const;

		expect(sendTime(timing, at("2026-11-27 18:00:00"))).toEqual({ kind: "slot", slot: at("2026-11-30 09:00:00") });
	});

	it("is the slot of its schedule", () => {
		const timing = { timeBounds: "full", schedule: at("2026-11-24 11:30:00"), expiresAt: far } as const;

		expect(sendTime(timing, eleven)).toEqual({ kind: "slot", slot: at("2026-11-24 11:30:00") });
	});

	it("is the later of its schedule and the opening of its window (A18)", () => {
		const night = at("2026-11-28 03:15:00");
		const timing = { timeBounds: "def", schedule: night, expiresAt: far } as const;

		expect(earliestSendAt(timing, eleven)).toBe(at("2026-11-30 09:00:00"));
		expect(earliestSendAt({ ...timing, timeBounds: "full" }, eleven)).toBe(night);
	});

	it("is now when its schedule has passed", () => {
		const timing = { timeBounds: "full", schedule: eleven - 1, expiresAt: far } as const;

		expect(sendTime(timing, eleven)).toEqual({ kind: "now" });
		expect(sendTime({ ...timing, schedule: eleven }, eleven)).toEqual({ kind: "now" });
	});

	it("is a delay when less than a quarter of an hour is left, rounded up so that it is never early", () => {
		const timing = { timeBounds: "def", schedule: null, expiresAt: far } as const;

		expect(sendTime(timing, at("2026-11-24 08:45:00"))).toMatchObject({ kind: "slot" });
		expect(sendTime(timing, at("2026-11-24 08:45:00") + 1)).toEqual({ kind: "soon", delaySeconds: 900 });
		expect(sendTime(timing, at("2026-11-24 08:59:59") + 500)).toEqual({ kind: "soon", delaySeconds: 1 });
	});

	it("is never when it would be at its expiry or later (A19)", () => {
		const nine = at("2026-11-25 09:00:00");
		const timing = { timeBounds: "def", schedule: null } as const;
		const evening = at("2026-11-24 19:00:00");

		expect(sendTime({ ...timing, expiresAt: nine }, evening)).toEqual({ kind: "never" });
		expect(sendTime({ ...timing, expiresAt: nine + 1 }, evening)).toMatchObject({ kind: "slot" });
		expect(sendTime({ ...timing, expiresAt: eleven }, eleven)).toEqual({ kind: "never" });
	});
});

describe("a picked-up message", () => {
	it("is submitted when it is NEW and may be sent", () => {
		expect(decidePickUp(aMessage({ expiresAt: eleven + 1 }), eleven)).toEqual({ kind: "submit" });
	});

	it("has expired from its expiry on (A19)", () => {
		expect(decidePickUp(aMessage({ expiresAt: eleven }), eleven)).toEqual({ kind: "expire" });
	});

	it("has expired when its window opens too late (A19)", () => {
		const message = aMessage({ timeBounds: "def", expiresAt: at("2026-11-25 08:00:00") });

		expect(decidePickUp(message, at("2026-11-24 18:00:00"))).toEqual({ kind: "expire" });
	});

	it("is parked when its window has closed in the meantime (A14)", () => {
		const message = aMessage({ timeBounds: "def", expiresAt: far });

		expect(decidePickUp(message, at("2026-11-24 18:00:00"))).toEqual({ kind: "park", slot: at("2026-11-25 09:00:00") });
	});

	it("is parked to its slot even if that is less than a quarter of an hour away, so it is never early", () => {
		const message = aMessage({ timeBounds: "def", expiresAt: far });

		expect(decidePickUp(message, at("2026-11-24 08:59:59"))).toEqual({ kind: "park", slot: at("2026-11-24 09:00:00") });
	});

	it.each(["SENT", "EN_ROUTE", "DELIVERED", "EXPIRED", "DELETED", "REJECTED"] as const)(
		"is skipped when it is %s, expired or not",
		(status) => {
			expect(decidePickUp(aMessage({ status }), eleven)).toEqual({ kind: "skip" });
			expect(decidePickUp(aMessage({ status, expiresAt: 0 }), eleven)).toEqual({ kind: "skip" });
		},
	);

	it("is skipped when it does not exist", () => {
		expect(decidePickUp(undefined, eleven)).toEqual({ kind: "skip" });
	});
});
