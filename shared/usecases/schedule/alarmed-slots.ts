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

/** A slot nearer than this needs no alarm: it might be set too late to ring. */
const nearMs = 60_000;

/** How long no alarm is tried after one could not be set: nobody is to wait for the scheduler's time limit at every row. */
const pauseMs = 30_000;

/**
 * Slots that are looked at when they come: the alarm of each is set before its first row is written, once for each process. An alarm that
 * cannot be set holds up no row, for the sweep finds every slot that is past; nor does a watch need one, which is in no hurry.
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

/** The slots of those rows whose look must not be late. */
function punctualSlots(rows: readonly SlotRow[]): ReadonlySet<number> {
	return new Set(rows.flatMap(({ slot, action }) => (action.kind === "watch" ? [] : [slot])));
}
