import { describe, expect, it } from "vitest";
import { watchHolder } from "#shared/domain/message/message.ts";
import { waitOf } from "#shared/domain/schedule/waits-for.ts";
import { aMessage, aSentMessage } from "#test/fakes/builders.ts";

/** Saturday, 28 November 2026, 13:00 in Almaty. */
const saturday = Date.UTC(2026, 10, 28, 8, 0, 0);
const monday = Date.UTC(2026, 10, 30, 4, 0, 0);
const day = 24 * 3_600_000;
const timing = { acceptedAt: saturday, expiresAt: monday + day };

describe("a message waits", () => {
	it("for its time bounds, until they open (A15, A17)", () => {
		expect(waitOf(aMessage({ ...timing, timeBounds: "def" }), saturday)).toEqual({
			kind: "time_bounds",
			until: monday,
		});
	});

	it("for its schedule, or for its time bounds if they open later (A18)", () => {
		const schedule = saturday + 3_600_000;

		expect(waitOf(aMessage({ ...timing, schedule }), saturday)).toEqual({ kind: "schedule", until: schedule });
		expect(waitOf(aMessage({ ...timing, schedule, timeBounds: "def" }), saturday)).toEqual({
			kind: "time_bounds",
			until: monday,
		});
	});

	it("for its turn in its lane", () => {
		expect(waitOf(aMessage(timing), saturday)).toEqual({ kind: "lane" });
	});

	it("for its time bounds, also for the last minute, which its lane entry waits in the lane", () => {
		const message = aMessage({ ...timing, timeBounds: "def" });

		expect(waitOf(message, monday - 60_000)).toEqual({ kind: "time_bounds", until: monday });
	});

	it("for a receipt, until an hour after its expiry (A19)", () => {
		const until = monday + day + 3_600_000;

		expect(waitOf(aSentMessage(["a"], timing), saturday)).toEqual({ kind: "receipt", until });
		expect(waitOf(aMessage({ ...timing, holder: watchHolder }), saturday)).toEqual({ kind: "receipt", until });
	});

	it("for its expiry, if it may not be sent before; for nothing, once it has ended", () => {
		const row = aMessage({ timeBounds: "def", acceptedAt: saturday, expiresAt: saturday + 1_000 });

		expect(waitOf(row, saturday)).toEqual({ kind: "expiry", until: saturday + 1_000 });
		expect(waitOf({ ...row, status: "EXPIRED" }, saturday)).toEqual({ kind: "nothing" });
	});
});
