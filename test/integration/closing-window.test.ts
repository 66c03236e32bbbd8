import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import type { MessageStore } from "#shared/usecases/message/message-store.ts";
import type { SlotStore } from "#shared/usecases/schedule/slot-store.ts";
import type { LaneEntry, LaneSource } from "#shared/usecases/send/lane-source.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { openOperatorSender } from "#smpp/operators/operator-sender.ts";
import { aMessage } from "#test/fakes/builders.ts";
import { leasingOfTask } from "#test/fakes/memory-leases.ts";
import {
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memorySubmissions,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

/** An operator sender at 18:00:00. Half a million messages in its lanes may not be sent before 9:00 the next day. */

const sendJobs = 20_000;
const sendJobSize = 25;
/** From this id on, messages have the `full` window; below it, their window is closed. */
const fullFrom = 10_000_000;
const closing = instantFromAlmatyText("2026-11-24 18:00:00") ?? Number.NaN;
const opening = instantFromAlmatyText("2026-11-25 09:00:00") ?? Number.NaN;

const bulk = (index: number, messageIds: readonly number[]): LaneEntry => ({
	kind: "first",
	entryId: `id of ${index}`,
	handle: String(index),
	receives: 1,
	sendJob: { userName: "bulk", operator: "kcell", priority: 0, messageIds },
});

/** The bulk lane: 20,000 send jobs with closed windows, and a few `full` ones. Entries are made on receive. */
function aLaneOfClosedWindows(fullAt: readonly number[]) {
	const held = new Set<string>();
	const state = { next: 0, heldMost: 0 };
	const source: LaneSource = {
		async receive(lane: Lane, entriesMax, signal) {
			if (lane.name !== "kcell-bulk" || state.next >= sendJobs) {
				await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
				return [];
			}
			const entries = Array.from({ length: Math.min(entriesMax, sendJobs - state.next) }, () => {
				const index = state.next++;
				const from = index * sendJobSize + 1;
				const ids = fullAt.includes(index)
					? [fullFrom + index]
					: Array.from({ length: sendJobSize }, (_, i) => from + i);
				return bulk(index, ids);
			});
			for (const { handle } of entries) held.add(handle);
			state.heldMost = Math.max(state.heldMost, held.size);
			return entries;
		},
		remove: async (_, handles) => {
			for (const handle of handles) held.delete(handle);
		},
		hold: async () => undefined,
	};
	return { source, state, held };
}

function generatedMessages(now: () => number): MessageStore {
	const row = (messageId: number): Message =>
		aMessage({
			messageId,
			userName: "bulk",
			timeBounds: messageId >= fullFrom ? "full" : "def",
			text: String(messageId),
			acceptedAt: now(),
			expiresAt: now() + 3 * 86_400_000,
		});
	return {
		insert: async () => [],
		undoInsert: async () => undefined,
		read: async (ids) => new Map(ids.map((id) => [id, row(id)])),
		readEach: async (ids) => ({ rows: new Map(ids.map((id) => [id, row(id)])), unreadable: new Set() }),
		change: async (changes) => changes.map(() => "changed"),
	};
}

/** Counts what is parked instead of storing it. */
function countingSlots() {
	const parked = { rows: 0, messages: 0, slots: new Set<number>() };
	const slots: SlotStore = {
		...memorySlots(),
		async put(rows) {
			for (const { action, slot } of rows) {
				if (action.kind !== "release") continue;
				parked.rows += 1;
				parked.messages += action.sendJob.messageIds.length;
				parked.slots.add(slot);
			}
		},
	};
	return { slots, parked };
}

describe("half a million messages whose window has closed", () => {
	it("are parked one send job at a time with few in memory, and do not delay `full` messages (A14, A15)", async () => {
		const now = stoppedClock(closing);
		const fullAt = [0, 100, 5_000, sendJobs - 1];
		const { source, state, held } = aLaneOfClosedWindows(fullAt);
		const { slots, parked } = countingSlots();
		const sent: { id: number; received: number }[] = [];
		const stores = {
			messages: generatedMessages(now),
			reportBatches: memoryReportBatches(),
			submissions: memorySubmissions(now),
			slots,
			reports: memoryReports(),
			newReportBatchId: () => randomUUID() as string,
			now,
		};
		const openBind = ({ onUp }: { onUp(): void }): Bind => {
			queueMicrotask(onUp);
			return {
				bound: true,
				async submit({ short_message }) {
					sent.push({ id: Number(short_message.toString("latin1")), received: state.next });
					return { kind: "accepted", smscId: randomUUID() };
				},
				renew: () => undefined,
				stop: async () => undefined,
			};
		};
		const startedAt = performance.now();

		const operatorSender = openOperatorSender({
			operator: "kcell",
			binds: 1,
			tps: 1_000,
			window: 10,
			openBind,
			picking: stores,
			recording: stores,
			source,
			visibilitySeconds: 30,
			isPaused: () => false,
			drainMs: 1_000,
			leaseDeps: leasingOfTask(),
			log: memoryLog(),
		});
		await vi.waitFor(() => expect([state.next, held.size]).toEqual([sendJobs, 0]), { timeout: 55_000, interval: 100 });
		console.log(`${parked.messages} messages parked in ${Math.round(performance.now() - startedAt)} ms`);
		await operatorSender.stop();

		const closedJobs = sendJobs - fullAt.length;
		expect(parked.messages).toBe(closedJobs * sendJobSize);
		/* At most one row for each send job, not one for each message. */
		expect(parked.rows).toBeLessThanOrEqual(closedJobs);
		expect(parked.slots).toEqual(new Set([opening]));
		expect(state.heldMost).toBeLessThan(100);
		expect(sent.map(({ id }) => id - fullFrom)).toEqual(fullAt);
		/* Each was sent soon after its own entry was read, before the entries behind it. */
		for (const { id, received } of sent) expect(received - (id - fullFrom)).toBeLessThanOrEqual(20);
	});
});
