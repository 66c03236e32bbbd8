import { randomUUID } from "node:crypto";
import type { Clock } from "#shared/clock.ts";
import type { Message } from "#shared/domain/message/message.ts";
import type { ReceiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import { aSubmittedSegment } from "./builders.ts";
import { memoryCounter } from "./memory-counter.ts";
import { memoryMessages } from "./memory-messages.ts";
import { memoryNumbers } from "./memory-numbers.ts";
import {
	learntForms,
	memoryBatches,
	memoryDueShards,
	memoryLanes,
	memoryLog,
	memoryReceipts,
	memoryReportBatches,
	memoryReports,
	memorySlots,
	memorySubmissions,
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
		counter: memoryCounter(),
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

/** The dependencies that apply receipts, in memory. */
export function receiptDeps(parts: { readonly now?: Clock; readonly receiptForms?: ReceiptForms } = {}) {
	const { now = stoppedClock(), receiptForms = learntForms() } = parts;
	return {
		messages: memoryMessages(now),
		submissions: memorySubmissions(now),
		reportBatches: memoryReportBatches(),
		receipts: memoryReceipts(),
		deadLetters: memoryReceipts(),
		reports: memoryReports(),
		newReportBatchId: () => randomUUID() as string,
		receiptForms,
		log: memoryLog(),
	};
}

/** The same, with messages whose segments are submitted. */
export async function receiptDepsWith(messages: readonly Message[]) {
	const deps = receiptDeps();
	await deps.messages.insert(messages);
	for (const message of messages) {
		await deps.submissions.put(message.segments.map(({ smscId }, index) => aSubmittedSegment(message, smscId, index)));
	}
	return deps;
}
