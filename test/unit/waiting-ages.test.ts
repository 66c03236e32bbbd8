import { describe, expect, it } from "vitest";
import { usualSubmitStyle } from "#shared/contracts/smscs.ts";
import { instantFromAlmatyText } from "#shared/domain/almaty-time.ts";
import { waitsSince } from "#shared/domain/departure.ts";
import { type LaneName, lanes } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import { type Job, jobOf } from "#smpp/operators/jobs.ts";
import { waitingAges } from "#smpp/operators/waiting-ages.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { stoppedClock } from "#test/fakes/memory-stores.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const noon = at("2026-11-24 12:00:00");
const laneOf = (name: LaneName) => lanes.find((lane) => lane.name === name) as (typeof lanes)[number];

function someAges() {
	const now = stoppedClock(noon);
	const here = new Set<number>();
	const ages = waitingAges(now, (id) => here.has(id));
	const pickUp = (name: LaneName, message: Message, parts: Partial<Job> = {}) => {
		const entries = [{ entryId: "entry", kind: "first", handle: "handle" }] as const;
		const job = { lane: laneOf(name), entries, mayRepeat: false, readAt: now(), style: usualSubmitStyle };
		const one = { ...jobOf(message, job), ...parts };
		here.add(message.messageId);
		ages.pickedUp([one]);
		return one;
	};
	return { now, here, ages, pickUp };
}

describe("the age of the oldest message that is accepted and not submitted", () => {
	it("is measured at the pick-up, for urgent and bulk apart, also of what is gone before anybody asks", () => {
		const { ages, here, pickUp } = someAges();
		pickUp("kcell-bulk", aMessage({ acceptedAt: noon - 9_000 }));
		pickUp("kcell-interactive", aMessage({ acceptedAt: noon - 5_000 }));
		pickUp("kcell-emergency", aMessage({ acceptedAt: noon - 70_000 }));
		pickUp("kcell-urgent", aMessage({ acceptedAt: noon - 3_000 }));
		here.clear();

		expect(ages.oldest(true)).toEqual({ urgentMs: 70_000, bulkMs: 9_000 });
		expect(ages.oldest(true)).toEqual({ urgentMs: 0, bulkMs: 0 });
	});

	it("grows while a message lies here, until it is handed over", () => {
		const { ages, now, pickUp } = someAges();
		const job = pickUp("kcell-urgent", aMessage({ acceptedAt: noon }));
		now.advance(60_000);
		const waits = ages.oldest(true);
		ages.setAside([job]);
		const throttled = ages.oldest(true);
		ages.setAside([{ ...job, resends: 1 }]);

		expect([waits.urgentMs, throttled.urgentMs, ages.oldest(true).urgentMs]).toEqual([60_000, 60_000, 0]);
	});

	it("leaves out what was handed over before: then the SMSC's answer is late", () => {
		const { ages, pickUp } = someAges();
		pickUp("kcell-urgent", aMessage({ acceptedAt: noon - 70_000 }), { resends: 1 });
		pickUp("kcell-urgent", aMessage({ acceptedAt: noon - 70_000 }), { smscIds: ["a"] });

		expect(ages.oldest(true).urgentMs).toBe(0);
	});

	it("is that of a lane's oldest while nobody sends, as a round found it, until somebody does or another has its turn", () => {
		const { ages, now } = someAges();
		ages.passedOver(laneOf("kcell-bulk"), noon - 3_600_000);
		now.advance(60_000);
		const closed = [ages.oldest(false), ages.oldest(false)];
		const open = [ages.oldest(true), ages.oldest(false)];
		ages.passedOver(laneOf("kcell-bulk"), noon);
		ages.passedOver(laneOf("kcell-bulk"), null);
		const empty = ages.oldest(false);
		ages.passedOver(laneOf("kcell-urgent"), noon);
		now.advance(30 * 60_000 + 1);

		expect(closed.map(({ bulkMs }) => bulkMs)).toEqual([3_660_000, 3_660_000]);
		expect(open.map(({ bulkMs }) => bulkMs)).toEqual([0, 0]);
		expect([empty.bulkMs, ages.oldest(false).urgentMs]).toEqual([0, 0]);
	});
});

describe("since when a message waits", () => {
	it.each([
		["its acceptance", {}, "2026-11-24 11:30:00"],
		["its schedule", { schedule: at("2026-11-24 11:45:00") }, "2026-11-24 11:45:00"],
		[
			"its window's last opening",
			{ timeBounds: "wd99" as const, acceptedAt: at("2026-11-23 20:59:00") },
			"2026-11-24 09:00:00",
		],
		["its acceptance in an open window", { timeBounds: "wd99" as const }, "2026-11-24 11:30:00"],
		[
			"its acceptance days ago",
			{ timeBounds: "full" as const, acceptedAt: at("2026-11-20 10:00:00") },
			"2026-11-20 10:00:00",
		],
	])("is %s", (_, parts, since) => {
		const message = aMessage({ acceptedAt: at("2026-11-24 11:30:00"), timeBounds: "full", ...parts });

		expect(waitsSince(message, noon)).toBe(at(since));
	});
});
