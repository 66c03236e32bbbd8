import { type Message, watchHolder } from "../../domain/message/message.ts";
import {
	awaitingReceipt,
	type EntryIds,
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

/** A message whose next segment may be at its SMSC already, and is to be submitted once more. */
export type Repeat = {
	readonly message: Message;
	readonly progress: Pick<SubmissionProgress, "smscIds" | "repeats">;
	readonly entryIds: EntryIds;
};

export type RepeatOptions = {
	readonly operator: Operator;
	/** How often a submit that was not answered may be sent again. */
	readonly repeatsMax: number;
	readonly now: number;
};

export type RepeatOutcome =
	/** To be submitted now: its row as it is. */
	| { readonly kind: "counted"; readonly message: Message }
	/** Not to be submitted any more, for it was as often as it may be. */
	| { readonly kind: "ended" }
	/** Another entry holds it. */
	| { readonly kind: "heldByOther" }
	/** To be looked at again: it may be submitted then, or it has ended, and whoever ended it may have died before its report. */
	| { readonly kind: "again" }
	/** It cannot be read any more: its entry must stay. */
	| { readonly kind: "lost" };

/** A row is of all messages to its recipient: so it is kept as long for each as for any. */
const unansweredKeptMs = lifetimeMaxMs + receiptsAfterExpiryMs;

/**
 * Counts submits before they repeat others whose answers never came, so that no crash makes copies without end (A51). A message that was submitted as
 * often as it may be waits for its receipt or its expiry: its watch row is written first. From the first repeat on it can be found by its recipient,
 * for the receipt of a submit that was not answered names an id that is known to no row. May be done again.
 * @returns outcomes in the order given.
 */
export async function countRepeats(
	deps: CountRepeatsDeps,
	{ operator, repeatsMax, now }: RepeatOptions,
	all: readonly Repeat[],
): Promise<readonly RepeatOutcome[]> {
	const byId = new Map(all.map((one) => [one.message.messageId, one]));
	const spent = new Set(all.filter((one) => timesOf(one) >= repeatsMax).map(({ message }) => message.messageId));
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
				messages.filter(({ messageId }) => spent.has(messageId)),
				Math.random,
			),
		),
	]);
	const counted = new Set<number>();
	const rows = await changeMessages(deps, messages, (message) => {
		const one = byId.get(message.messageId);
		if (one === undefined) return null;
		if (spent.has(message.messageId)) return awaitingReceipt(message, one.entryIds);
		/* Another process may have counted the last one meanwhile, or had an answer: the message is looked at anew. */
		const isSpent = timesOf({ ...one, message }) >= repeatsMax;
		const isFurther = message.segments.length > one.progress.smscIds.length;
		const change = isSpent || isFurther ? null : repeatCounted(message, one.progress, one.entryIds);
		if (change === null) counted.delete(message.messageId);
		else counted.add(message.messageId);
		return change;
	});
	return all.map((one) => outcomeOf(one, rows.get(one.message.messageId), counted));
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
