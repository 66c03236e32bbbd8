import { randomUUID } from "node:crypto";
import type { Message } from "#shared/domain/message/message.ts";
import { memoryMessages } from "./memory-messages.ts";
import { memoryNumbers } from "./memory-numbers.ts";
import {
	memoryBatches,
	memoryDueShards,
	memoryLanes,
	memoryLog,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	stoppedClock,
} from "./memory-stores.ts";
import { noLimits } from "./no-limits.ts";

const dayMs = 24 * 60 * 60_000;

/** The dependencies that accept, park and report messages, in memory, with a clock that a test moves. */
export function aGateway(at?: number) {
	const now = stoppedClock(at);
	return {
		messages: memoryMessages(now),
		numbers: memoryNumbers(),
		batches: memoryBatches(now),
		lanes: memoryLanes(),
		slots: memorySlots(),
		dueShards: memoryDueShards(),
		reportBatches: memoryReportBatches(),
		reports: memoryReports(),
		now,
		idKey: "0123456789abcdef",
		retentionMs: 90 * dayMs,
		finalTexts: "keep" as const,
		limits: noLimits,
		newAttempt: () => randomUUID() as string,
		newReportBatchId: () => randomUUID() as string,
		log: memoryLog(),
	};
}

export async function aGatewayWith(messages: readonly Message[], at?: number) {
	const gateway = aGateway(at);
	await gateway.messages.insert(messages);
	return gateway;
}
