import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { HeldMessages, RecheckDelays } from "#shared/domain/send/lane-claims.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import {
	type PickedUp,
	type PickUpDeps,
	pickUpMessages,
	settleOthers,
} from "#shared/usecases/send/pick-up-messages.ts";
import type { HeldEntries } from "./held-entries.ts";
import { type LaneEntryRef, type OutboundMessage, outboundFrom } from "./outbound-messages.ts";

export type PickUpOptions = {
	readonly lane: Lane;
	readonly picking: PickUpDeps;
	readonly held: HeldEntries;
	/**
	 * Messages that this task sends, each with the entries that name it. An entry that is received again is added: it may
	 * be the one that holds the message. It is released with the others.
	 */
	readonly busy: Map<number, LaneEntryRef[]>;
	readonly style: SubmitStyle;
	readonly log: Log;
	readonly ready: (outboundMessages: readonly OutboundMessage[]) => void;
};

/**
 * Reads the messages of entries in one call. Those to send are ready at once, before the others are parked; the rest is
 * settled.
 * @returns the number of messages to send.
 */
export async function pickUpOutbound(options: PickUpOptions, entries: readonly LaneEntry[]): Promise<number> {
	const { lane, picking, held, busy, style, log, ready } = options;
	for (const entry of entries) held.hold(entry);
	/* An entry does not claim messages that this task sends already. */
	const checked = entries.map(({ sendJob, entryId, formerIds = [], kind, receives }): HeldMessages => {
		const messageIds = sendJob.messageIds.filter((id) => !busy.has(id));
		return { messageIds, entryId, formerIds, kind, redelivered: receives > 1 };
	});
	/* A message that was finished during the read was not checked: its entry comes again. */
	const busyBefore = new Set(entries.flatMap(({ sendJob }) => sendJob.messageIds.filter((id) => busy.has(id))));
	const outboundMessages: OutboundMessage[] = [];
	const settled: (readonly [string, number])[] = [];
	const recheckDelays = await pickUpAndSettle(picking, log, checked, ({ submit, repeats, others: { at: readAt } }) => {
		const named = entries.flatMap((entry) => entry.sendJob.messageIds.map((id) => [entry, id] as const));
		for (const [entry, messageId] of named) {
			const { handle } = entry;
			const own = busy.get(messageId);
			const message = submit.get(messageId);
			if (own !== undefined) own.push(entry);
			else if (busyBefore.has(messageId)) held.giveBack(handle);
			else if (message === undefined) settled.push([handle, messageId]);
			else {
				const entryRefs: LaneEntryRef[] = [entry];
				busy.set(messageId, entryRefs);
				const mayRepeat = repeats.has(messageId);
				outboundMessages.push(outboundFrom(message, { lane, entries: entryRefs, mayRepeat, readAt, style }));
			}
		}
		ready(outboundMessages);
	});
	for (const [handle, messageId] of settled) {
		const seconds = recheckDelays.get(messageId);
		if (seconds === undefined) held.settle(handle);
		else held.defer(handle, seconds);
	}
	return outboundMessages.length;
}

/** A message that this task does not send: another entry holds it, it has ended, or its entries come again later. */
export type FinishedOutbound = {
	readonly outbound: OutboundMessage;
	/** Undefined if the entries are settled. */
	readonly recheckSeconds: number | undefined;
	/** Number of its entries that were checked. Entries that came since are unknown. */
	readonly checked: number;
};

export type RecheckDeps = Pick<PickUpOptions, "picking" | "log" | "ready">;

/** Reads waiting messages again in one call. Resolves with those that are finished. */
export async function recheckOutbound(
	{ picking, log, ready }: RecheckDeps,
	outboundMessages: readonly OutboundMessage[],
): Promise<readonly FinishedOutbound[]> {
	const held = outboundMessages.flatMap(({ message, entries, checkedEntries, mayRepeat }) =>
		entries.map(({ entryId, formerIds = [], kind, receives = 1 }, index): HeldMessages => {
			const messageIds = [message.messageId];
			if (index >= checkedEntries) return { messageIds, entryId, formerIds, kind, redelivered: receives > 1 };
			/* A message that has ended was ended by another task, which may have died before it queued the report. */
			return { messageIds, entryId, kind, redelivered: false, readBefore: true, mayRepeat };
		}),
	);
	const checked = new Map(outboundMessages.map((outbound) => [outbound.message.messageId, outbound.entries.length]));
	let finished: readonly OutboundMessage[] = [];
	const recheckDelays = await pickUpAndSettle(picking, log, held, ({ submit, repeats, others: { at: readAt } }) => {
		const stillToSend = outboundMessages.flatMap((outbound) => {
			const message = submit.get(outbound.message.messageId);
			const mayRepeat = repeats.has(outbound.message.messageId);
			const checkedEntries = checked.get(outbound.message.messageId) ?? outbound.checkedEntries;
			return message === undefined ? [] : [{ ...outbound, message, mayRepeat, readAt, checkedEntries }];
		});
		finished = outboundMessages.filter(({ message }) => !submit.has(message.messageId));
		ready(stillToSend);
	});
	return finished.map((outbound) => {
		const { messageId } = outbound.message;
		return { outbound, recheckSeconds: recheckDelays.get(messageId), checked: checked.get(messageId) ?? 0 };
	});
}

/** Resolves with the messages whose entries must stay. */
async function pickUpAndSettle(
	picking: PickUpDeps,
	log: Log,
	held: readonly HeldMessages[],
	ready: (picked: PickedUp) => void,
): Promise<RecheckDelays> {
	const picked = await retryUntilDone(log, "messages.read_failed", async () => await pickUpMessages(picking, held));
	if (picked === undefined) return new Map();
	ready(picked);
	const recheckDelays = await retryUntilDone(
		log,
		"messages.write_failed",
		async (again) => await settleOthers(picking, picked.others, again),
	);
	return new Map([...picked.left, ...(recheckDelays ?? [])]);
}
