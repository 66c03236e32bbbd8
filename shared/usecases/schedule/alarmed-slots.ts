import type { Clock } from "../../clock.ts";
import type { SlotRow } from "../../domain/schedule/slots.ts";
import type { Log } from "../../log.ts";
import type { SlotAlarms, SlotStore } from "./slot-store.ts";

export type AlarmedSlotsDeps = {
	readonly slots: SlotStore;
	readonly alarms: SlotAlarms;
	readonly now: Clock;
	readonly log: Log;
};

/** A nearer slot gets no alarm, which could be set too late. The sweep finds it. */
const nearMs = 60_000;

/** No alarm is set for this long after a failure, so that not every write waits for Scheduler's time limit. */
const pauseMs = 30_000;

/**
 * Slots with alarms: the alarm is set before the first row is written, once in each process. If that fails, the row is
 * written all the same, and the sweep finds it (ADR 0007). Watch rows need no alarm, because they may be late.
 */
export function alarmedSlots({ slots, alarms, now, log }: AlarmedSlotsDeps): SlotStore {
	const alarmed = new Set<number>();
	let pausedUntil = Number.NEGATIVE_INFINITY;

	async function setAlarm(slot: number): Promise<void> {
		try {
			await alarms.set(slot);
			alarmed.add(slot);
		} catch (err) {
			pausedUntil = now() + pauseMs;
			log.warn("slot_alarm.set_failed", { slot, err });
		}
	}

	return {
		...slots,
		async put(rows) {
			for (const slot of alarmed) if (slot < now()) alarmed.delete(slot);
			const wanted = [...punctualSlots(rows)].filter((slot) => !alarmed.has(slot) && slot - now() >= nearMs);
			if (now() >= pausedUntil) await Promise.all(wanted.map(setAlarm));
			await slots.put(rows);
		},
	};
}

function punctualSlots(rows: readonly SlotRow[]): ReadonlySet<number> {
	return new Set(rows.flatMap(({ slot, action }) => (action.kind === "watch" ? [] : [slot])));
}
