import { describe, expect, it } from "vitest";
import { releaseRows, slotMs, watchRows } from "#shared/domain/schedule/slots.ts";
import { alarmedSlots } from "#shared/usecases/schedule/alarmed-slots.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLog, memorySlots, stoppedClock } from "#test/fakes/memory-stores.ts";

const sendJob = { userName: "demo", operator: "kcell", priority: 0, messageIds: [1, 2] } as const;
const rowsAt = (...slots: readonly number[]) => slots.flatMap((slot) => releaseRows([sendJob], slot, Math.random));
const next = mondayAtEleven + slotMs;

/** Alarms that record the number of rows at each call, and that a test may break. */
function someDeps() {
	const slots = memorySlots();
	const [now, log] = [stoppedClock(mondayAtEleven), memoryLog()];
	const set: { slot: number; rows: number }[] = [];
	const state = { broken: false };
	const alarms = {
		async set(slot: number) {
			set.push({ slot, rows: slots.kept.length });
			if (state.broken) throw new Error("the scheduler is unavailable");
		},
	};
	return { slots, now, log, set, state, store: alarmedSlots({ slots, alarms, now, log }) };
}

describe("slots with alarms", () => {
	it("set each alarm before the first row of the slot is written, and once", async () => {
		const { store, set, slots } = someDeps();

		await store.put(rowsAt(next, next, next + slotMs));
		await store.put(rowsAt(next));

		expect(set).toEqual([
			{ slot: next, rows: 0 },
			{ slot: next + slotMs, rows: 0 },
		]);
		expect(slots.kept).toHaveLength(4);
	});

	it("set no alarm for a slot that is past or almost due: the sweep finds it", async () => {
		const { store, set, slots, now } = someDeps();
		now.advance(slotMs - 59_999);

		await store.put(rowsAt(mondayAtEleven, next));

		expect([set, slots.kept.length]).toEqual([[], 2]);
	});

	it("set no alarm for a watch row, which can wait for the sweep", async () => {
		const { store, set, slots } = someDeps();

		await store.put(watchRows([{ messageId: 1, expiresAt: next }], Math.random));

		expect([set, slots.kept.length]).toEqual([[], 1]);
	});

	it("store rows even if no alarm can be set, and try again after half a minute at the earliest", async () => {
		const { store, set, slots, now, log, state } = someDeps();
		state.broken = true;
		await store.put(rowsAt(next));
		await store.put(rowsAt(next, next + slotMs));
		const during = set.length;
		state.broken = false;
		now.advance(30_000);

		await store.put(rowsAt(next));
		await store.put(rowsAt(next));

		expect([during, set.length, slots.kept.length]).toEqual([1, 2, 5]);
		expect(log.events.map(({ event }) => event)).toEqual(["slot_alarm.set_failed"]);
	});
});
