import { type Message, watchHolder } from "../../domain/message/message.ts";
import {
	awaitingReceipt,
	type EntryIds,
	isCutAnew,
	isHeldByOther,
	repeatCounted,
	repeatsOf,
	type SubmissionProgress,
} from "../../domain/message/message-transitions.ts";
import type { Operator } from "../../domain/message/operators.ts";
import { lifetimeMaxMs, receiptsAfterExpiryMs } from "../../domain/message/retention.ts";
import { watchRows } from "../../domain/schedule/slots.ts";
import { type ChangeDeps, changeMessages } from "../message/change-messages.ts";
import type { SlotStore } from "../schedule/slot-store.ts";
import type { SubmissionStore } from "./submission-store.ts";

export type CountRepeatsDeps = ChangeDeps & {
	readonly submissions: Pick<SubmissionStore, "putUnanswered">;
	readonly slots: Pick<SlotStore, "put">;
};

/** A message whose next segment may be at its SMSC already and is to be submitted again. */
export type Repeat = {
	readonly message: Message;
	readonly progress: Pick<SubmissionProgress, "smscIds" | "repeats">;
	/** The submits that it takes, by the current settings of its SMSC. */
	readonly parts: number;
	readonly entryIds: EntryIds;
	/** Unique for this count, and the same if it is tried again. */
	readonly countId: string;
};

export type CountRepeatsOptions = {
	readonly operator: Operator;
	readonly repeatsMax: number;
	readonly now: number;
};

export type RepeatOutcome =
	| { readonly kind: "counted"; readonly message: Message }
	| { readonly kind: "ended" }
	| { readonly kind: "heldByOther" }
	/** To be picked up again: it may be submitted then, or it has ended and its report may be missing. */
	| { readonly kind: "again" }
	/** It cannot be read any more: its entry must stay. */
	| { readonly kind: "lost" };

/** The row of a recipient is for all messages to it, so it is kept for the longest that any needs. */
const unansweredKeptMs = lifetimeMaxMs + receiptsAfterExpiryMs;

/**
 * Counts submits that may repeat others, before they are made, so that crashes cannot cause copies without end (A51,
 * ADR 0055). At the cap a message waits for its receipt or its expiry; its watch row is written first. The message is
 * also written to the row of its recipient: a receipt of a submit without an answer has an unknown id. May be repeated.
 * @returns outcomes in order.
 */
export async function countRepeats(
	deps: CountRepeatsDeps,
	{ operator, repeatsMax, now }: CountRepeatsOptions,
	all: readonly Repeat[],
): Promise<readonly RepeatOutcome[]> {
	const byId = new Map(all.map((one) => [one.message.messageId, one]));
	const atCap = new Set(all.filter((one) => timesOf(one) >= repeatsMax).map(({ message }) => message.messageId));
	const messages = all.map(({ message }) => message);
	await Promise.all([
		deps.submissions.putUnanswered(
			messages.map(({ messageId, recipient }) => ({
				...{ operator, recipient, messageId },
				keepUntil: now + unansweredKeptMs,
			})),
		),
		deps.slots.put(
			watchRows(
				messages.filter(({ messageId }) => atCap.has(messageId)),
				Math.random,
			),
		),
	]);
	const counted = new Set<number>();
	const rows = await changeMessages(deps, messages, (message) => {
		const one = byId.get(message.messageId);
		if (one === undefined) return null;
		if (atCap.has(message.messageId)) return awaitingReceipt(message, one.entryIds, now);
		const { change, isCounted } = countIn(message, one, repeatsMax);
		if (isCounted) counted.add(message.messageId);
		else counted.delete(message.messageId);
		return change;
	});
	return all.map((one) => outcomeOf(one, rows.get(one.message.messageId), counted));
}

/** The count in the row as it is now. It may be there already, by an earlier try whose answer was lost. */
function countIn(message: Message, one: Repeat, repeatsMax: number) {
	const startsOver = isCutAnew(message, one.parts);
	const isFurther = !startsOver && message.segments.length > one.progress.smscIds.length;
	if (!isFurther && message.repeated?.countId === one.countId) return { change: null, isCounted: true };
	/* Another process may have counted up to the cap meanwhile, or had an answer: the message is picked up again. */
	const mayCount = !isFurther && timesOf({ ...one, message }) < repeatsMax;
	const change = mayCount ? repeatCounted(message, one.progress, one.entryIds, one.countId) : null;
	return { change: change && { ...change, ...(startsOver && { segments: [] }) }, isCounted: change !== null };
}

function timesOf({ message, progress: { smscIds, repeats } }: Repeat): number {
	return Math.max(repeats, repeatsOf(message, smscIds.length));
}

function outcomeOf({ entryIds }: Repeat, message: Message | undefined, counted: ReadonlySet<number>): RepeatOutcome {
	if (message === undefined) return { kind: "lost" };
	if (message.status !== "NEW") return { kind: "again" };
	if (message.holder === watchHolder) return { kind: "ended" };
	if (isHeldByOther(message, entryIds)) return { kind: "heldByOther" };
	return counted.has(message.messageId) ? { kind: "counted", message } : { kind: "again" };
}
