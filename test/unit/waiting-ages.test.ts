import { describe, expect, it } from "vitest";
import { defaultSubmitStyle } from "#shared/contracts/smscs.ts";
import { type LaneName, lanes } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { waitingSince } from "#shared/domain/schedule/send-time.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { type OutboundMessage, outboundFrom } from "#smpp/operators/outbound-messages.ts";
import { waitingAges } from "#smpp/operators/waiting-ages.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { stoppedClock } from "#test/fakes/memory-stores.ts";

const at = (text: string) => instantFromAlmatyText(text) ?? Number.NaN;
const noon = at("2026-11-24 12:00:00");
const laneOf = (name: LaneName) => lanes.find((lane) => lane.name === name) as (typeof lanes)[number];

function someWaitingAges() {
	const now = stoppedClock(noon);
	const here = new Set<number>();
	const ages = waitingAges(now, (id) => here.has(id));
	const decidePickUp = (name: LaneName, message: Message, parts: Partial<OutboundMessage> = {}) => {
		const entries = [{ entryId: "entry", kind: "first", handle: "handle" }] as const;
		const outbound = { lane: laneOf(name), entries, mayRepeat: false, readAt: now(), style: defaultSubmitStyle };
		const one = { ...outboundFrom(message, outbound), ...parts };
		here.add(message.messageId);
		ages.pickedUp([one]);
		return one;
	};
	return { now, here, ages, decidePickUp };
}

describe("the age of the oldest message that is accepted and not submitted", () => {
	it("is measured at the pick-up, for urgent and bulk separately, even for messages sent before the next reading", () => {
		const { ages, here, decidePickUp } = someWaitingAges();
		decidePickUp("kcell-bulk", aMessage({ acceptedAt: noon - 9_000 }));
		decidePickUp("kcell-interactive", aMessage({ acceptedAt: noon - 5_000 }));
		decidePickUp("kcell-emergency", aMessage({ acceptedAt: noon - 70_000 }));
		decidePickUp("kcell-urgent", aMessage({ acceptedAt: noon - 3_000 }));
		here.clear();

		expect(ages.oldest(true)).toEqual({ urgentMs: 70_000, bulkMs: 9_000 });
		expect(ages.oldest(true)).toEqual({ urgentMs: 0, bulkMs: 0 });
	});

	it("grows while a message is held here, until it is submitted", () => {
		const { ages, now, decidePickUp } = someWaitingAges();
		const outbound = decidePickUp("kcell-urgent", aMessage({ acceptedAt: noon }));
		now.advance(60_000);
		const waits = ages.oldest(true);
		ages.setAside([outbound]);
		const throttled = ages.oldest(true);
		ages.setAside([{ ...outbound, resends: 1 }]);

		expect([waits.urgentMs, throttled.urgentMs, ages.oldest(true).urgentMs]).toEqual([60_000, 60_000, 0]);
	});

	it("ignores a message that was submitted before: then the SMSC's answer is late", () => {
		const { ages, decidePickUp } = someWaitingAges();
		decidePickUp("kcell-urgent", aMessage({ acceptedAt: noon - 70_000 }), { resends: 1 });
		decidePickUp("kcell-urgent", aMessage({ acceptedAt: noon - 70_000 }), { smscIds: ["a"] });

		expect(ages.oldest(true).urgentMs).toBe(0);
	});

	it("ignores a message that another entry may have submitted, until its wait is over", () => {
		const { ages, now, decidePickUp } = someWaitingAges();
		const outbound = decidePickUp("kcell-urgent", aMessage({ acceptedAt: noon - 5_000, waitsUntil: noon + 60_000 }));
		const early = ages.oldest(true).urgentMs;
		now.advance(60_000);
		ages.pickedUp([outbound]);

		expect([early, ages.oldest(true).urgentMs]).toEqual([0, 65_000]);
	});

	it("is the age found by an expiry scan while no task sends, until sending starts or the next scan is overdue", () => {
		const { ages, now } = someWaitingAges();
		ages.laneOldestSeen(laneOf("kcell-bulk"), noon - 3_600_000);
		now.advance(60_000);
		const closed = [ages.oldest(false), ages.oldest(false)];
		const open = [ages.oldest(true), ages.oldest(false)];
		ages.laneOldestSeen(laneOf("kcell-bulk"), noon);
		ages.laneOldestSeen(laneOf("kcell-bulk"), null);
		const empty = ages.oldest(false);
		ages.laneOldestSeen(laneOf("kcell-urgent"), noon);
		now.advance(30 * 60_000 + 1);

		expect(closed.map(({ bulkMs }) => bulkMs)).toEqual([3_660_000, 3_660_000]);
		expect(open.map(({ bulkMs }) => bulkMs)).toEqual([0, 0]);
		expect([empty.bulkMs, ages.oldest(false).urgentMs]).toEqual([0, 0]);
	});
});

describe("the time since which a message waits", () => {
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

		expect(waitingSince(message, noon)).toBe(at(since));
	});
});
