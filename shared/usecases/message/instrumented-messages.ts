import { latencyObjectives } from "../../domain/latency-objectives.ts";
import { priorityNames } from "../../domain/message/priorities.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import { earliestSendAt } from "../../domain/schedule/send-time.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import { logAccepted, logChanges } from "./message-log.ts";
import type { MessageStore, WantedChange } from "./message-store.ts";

export type Instruments = { readonly log: Pick<Log, "info">; readonly metrics: Metrics };

/**
 * A message store that logs the ids of each step, so that a search for an id finds the whole way of a message; and
 * counts accepted and ended messages, and measures the delay of each submit (ADR 0041).
 * @param channel of the messages that it inserts; without effect in a process that only changes messages.
 */
export function instrumentedMessages(
	messages: MessageStore,
	{ log, metrics }: Instruments,
	channel: "rest" | "smpp",
): MessageStore {
	return {
		...messages,
		async insert(rows) {
			const outcomes = await messages.insert(rows);
			const taken = rows.filter(({ status }, index) => status === "NEW" && outcomes[index]?.kind === "inserted");
			if (taken.length > 0) {
				metrics.count("MessagesAccepted", taken.length, channel);
				logAccepted(log, taken);
			}
			return outcomes;
		},
		async change(changes) {
			const outcomes = await messages.change(changes);
			const done = changes.filter((_, index) => outcomes[index] === "changed");
			const submitted = done.filter(
				({ message, change }) => message.sentAt === null && typeof change.sentAt === "number",
			);
			const ended = done.filter(({ change }) => change.status !== undefined && isFinal(change.status));
			for (const one of submitted) {
				metrics.measure("SubmitDelay", delayOf(one), one.message.operator ?? undefined);
				countSubmit(metrics, one, delayOf(one));
			}
			for (const one of ended.filter(isExpiredUnsent)) countSubmit(metrics, one, Number.POSITIVE_INFINITY);
			for (const { message, change } of ended) {
				const metric = change.status === "DELIVERED" ? "MessagesDelivered" : "MessagesUndelivered";
				metrics.count(metric, 1, message.operator ?? undefined);
			}
			logChanges(log, done);
			return outcomes;
		},
	};
}

function countSubmit(metrics: Metrics, { message }: WantedChange, delayMs: number): void {
	const priority = priorityNames[message.priority];
	const inTime = delayMs <= latencyObjectives.submit[priority].withinMs;
	metrics.count(inTime ? "SubmitsInTime" : "SubmitsLate", 1, priority);
}

function isExpiredUnsent({ message, change }: WantedChange): boolean {
	return change.status === "EXPIRED" && message.sentAt === null;
}

function delayOf({ message, change }: WantedChange): number {
	return Math.max(0, (change.sentAt ?? 0) - earliestSendAt(message, message.acceptedAt));
}
