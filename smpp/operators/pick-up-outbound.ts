import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import type { Log } from "#shared/log.ts";
import type { HeldMessages, RecheckDelays } from "#shared/usecases/send/lane-claims.ts";
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
	 * The messages that outbound messages of this process are about, each with the entries that name it. One that is received again is
	 * added, and makes no outbound message: it may be the very entry that holds the message, and is let go with the others.
	 */
	readonly busy: Map<number, LaneEntryRef[]>;
	/** How the operator's SMSC wants messages handed over. */
	readonly style: SubmitStyle;
	readonly log: Log;
	/** Is given outbound messages that may be sent at once. */
	readonly ready: (outboundMessages: readonly OutboundMessage[]) => void;
};

/**
 * Turns entries into outbound messages by one check at their messages, and settles what needs no sending. Outbound messages are ready at once: none of them
 * waits until the others are parked.
 * @returns how many there were.
 */
export async function pickUpOutbound(options: PickUpOptions, entries: readonly LaneEntry[]): Promise<number> {
	const { lane, picking, held, busy, style, log, ready } = options;
	for (const entry of entries) held.hold(entry);
	/* What an outbound message of this process is about is that outbound message's matter: an entry of it claims nothing. */
	const checked = entries.map(({ sendJob, entryId, formerIds = [], kind, receives }): HeldMessages => {
		const messageIds = sendJob.messageIds.filter((id) => !busy.has(id));
		return { messageIds, entryId, formerIds, kind, redelivered: receives > 1 };
	});
	/* One that is done with while others are read was not checked: its entry comes again. */
	const busyBefore = new Set(entries.flatMap(({ sendJob }) => sendJob.messageIds.filter((id) => busy.has(id))));
	const outboundMessages: OutboundMessage[] = [];
	const settled: (readonly [string, number])[] = [];
	const left = await pickUpAndRelease(picking, log, checked, ({ submit, repeats, others: { at: readAt } }) => {
		const named = entries.flatMap((entry) => entry.sendJob.messageIds.map((id) => [entry, id] as const));
		for (const [{ entryId, kind, handle }, messageId] of named) {
			const own = busy.get(messageId);
			const message = submit.get(messageId);
			if (own !== undefined) own.push({ entryId, kind, handle });
			else if (busyBefore.has(messageId)) held.giveBack(handle);
			else if (message === undefined) settled.push([handle, messageId]);
			else {
				const entryRefs = [{ entryId, kind, handle }];
				busy.set(messageId, entryRefs);
				const mayRepeat = repeats.has(messageId);
				outboundMessages.push(outboundFrom(message, { lane, entries: entryRefs, mayRepeat, readAt, style }));
			}
		}
		ready(outboundMessages);
	});
	for (const [handle, messageId] of settled) {
		const seconds = left.get(messageId);
		if (seconds === undefined) held.settle(handle);
		else held.defer(handle, seconds);
	}
	return outboundMessages.length;
}

/** An outbound message that is no longer to be sent: its message has another holder, or an end; or its entries are to be left for so long. */
export type FinishedOutbound = {
	readonly outbound: OutboundMessage;
	/** Undefined where they are done with. */
	readonly recheckSeconds: number | undefined;
	/** How many of its entries were checked: of one that came since nothing is known. */
	readonly checked: number;
};

export type RecheckDeps = Pick<PickUpOptions, "picking" | "log" | "ready">;

/** Outbound messages that have waited, after another check at all their messages at once. Gives those that are over. */
export async function recheckOutbound(
	{ picking, log, ready }: RecheckDeps,
	outboundMessages: readonly OutboundMessage[],
): Promise<readonly FinishedOutbound[]> {
	const held = outboundMessages.flatMap(({ message, entries, mayRepeat }) =>
		entries.map(({ entryId, kind }): HeldMessages => {
			const messageIds = [message.messageId];
			/* What is over by now was ended or submitted by another process, which may have died before its report. */
			return { messageIds, entryId, kind, redelivered: false, readBefore: true, mayRepeat };
		}),
	);
	const checked = new Map(outboundMessages.map((outbound) => [outbound.message.messageId, outbound.entries.length]));
	let finished: readonly OutboundMessage[] = [];
	const left = await pickUpAndRelease(picking, log, held, ({ submit, repeats, others: { at: readAt } }) => {
		const stillToSend = outboundMessages.flatMap((outbound) => {
			const message = submit.get(outbound.message.messageId);
			const mayRepeat = repeats.has(outbound.message.messageId);
			return message === undefined ? [] : [{ ...outbound, message, mayRepeat, readAt }];
		});
		finished = outboundMessages.filter(({ message }) => !submit.has(message.messageId));
		ready(stillToSend);
	});
	return finished.map((outbound) => {
		const { messageId } = outbound.message;
		return { outbound, recheckSeconds: left.get(messageId), checked: checked.get(messageId) ?? 0 };
	});
}

/** Gives those whose entries must stay. */
async function pickUpAndRelease(
	picking: PickUpDeps,
	log: Log,
	held: readonly HeldMessages[],
	ready: (picked: PickedUp) => void,
): Promise<RecheckDelays> {
	const picked = await retryUntilDone(log, "messages.read_failed", async () => await pickUpMessages(picking, held));
	if (picked === undefined) return new Map();
	ready(picked);
	const left = await retryUntilDone(
		log,
		"messages.write_failed",
		async (again) => await settleOthers(picking, picked.others, again),
	);
	return new Map([...picked.left, ...(left ?? [])]);
}
