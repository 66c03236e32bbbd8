import { randomUUID } from "node:crypto";
import { memoryMessages } from "./memory-messages.ts";
import { memoryNumbers } from "./memory-numbers.ts";
import { memoryBatches, memoryLanes, memoryReports, memorySlots, stoppedClock } from "./memory-stores.ts";

const dayMs = 24 * 60 * 60_000;

/** What takes messages and batches in, all of it in memory, at a time that stands still. */
export function anAcceptance(at?: number) {
	const now = stoppedClock(at);
	return {
		messages: memoryMessages(now),
		numbers: memoryNumbers(),
		batches: memoryBatches(now),
		lanes: memoryLanes(),
		slots: memorySlots(),
		reports: memoryReports(),
		now,
		idKey: "0123456789abcdef",
		retentionMs: 90 * dayMs,
		newAttempt: () => randomUUID() as string,
		pause: async () => undefined,
	};
}
