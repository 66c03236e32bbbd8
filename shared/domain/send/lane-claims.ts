import type { LaneEntryKind } from "../message/lanes.ts";
import type { Message, MessageChange } from "../message/message.ts";
import { claimed, type EntryClaim, type EntryIds, isHeldByOther } from "../message/message-transitions.ts";
import { decidePickUp, type PickUpDecision } from "./pick-up.ts";

/** The messages of one lane entry that are to be checked: all that it names, or some. */
export type HeldMessages = {
	readonly entryId: string;
	/** Dead entries that this one replaces. */
	readonly formerIds?: readonly string[];
	readonly kind: LaneEntryKind;
	readonly messageIds: readonly number[];
	/** It was received before: a submit may have gone that is not recorded. */
	readonly redelivered: boolean;
	/** They were looked at here before. */
	readonly readBefore?: boolean;
	/** A submit may have gone, whatever the entry says. */
	readonly mayRepeat?: boolean;
};

/** What the entries that are held here say of one message. */
export type Held = EntryClaim & {
	/** A submit of it may have gone before. */
	readonly mayRepeat: boolean;
	/** One of them was sent although the message may have been in its lane: an unclaimed submit may be under way. */
	readonly isAgain: boolean;
	/** What is over by now may not have been reported: the process that ended it may have died. */
	readonly isSeenBefore: boolean;
};

export type HeldById = ReadonlyMap<number, Held>;

export function heldById(all: readonly HeldMessages[]): HeldById {
	const held = new Map<number, Held>();
	for (const { messageIds, entryId, formerIds = [], kind, redelivered, readBefore = false, ...one } of all) {
		for (const id of new Set(messageIds)) {
			const known = held.get(id);
			const own: EntryIds = [entryId, ...formerIds];
			held.set(id, {
				entryIds: known === undefined ? own : [...known.entryIds, ...own],
				formerIds: [...(known?.formerIds ?? []), ...formerIds],
				isRequired: known?.isRequired || kind !== "first" || redelivered,
				mayRepeat: known?.mayRepeat || one.mayRepeat || kind === "again" || redelivered,
				isAgain: known?.isAgain || kind === "again",
				isSeenBefore: known?.isSeenBefore || redelivered || readBefore,
			});
		}
	}
	return held;
}

/** How long after a message's expiry the entry that holds it is certainly no more at it. */
const othersUntilMs = 60 * 60_000;

/** What is to be done with a message by the entries that are held here. `heldByOther`: another entry holds it, and deals with it, its end included. */
export function kindOf(message: Message, held: HeldById, at: number): PickUpDecision["kind"] | "heldByOther" {
	const { kind } = decidePickUp(message, at);
	const isOthers = isHeldByOther(message, held.get(message.messageId)?.entryIds ?? []);
	return kind !== "skip" && isOthers && at < message.expiresAt + othersUntilMs ? "heldByOther" : kind;
}

/** Whether the next segment of a message may be at its SMSC already. */
export function mayRepeat({ messageId, repeated, segments }: Message, held: HeldById): boolean {
	return held.get(messageId)?.mayRepeat === true || repeated?.segmentIndex === segments.length;
}

/** For how long an entry is left alone before it is looked at again. */
export const recheckSeconds = {
	/** Another entry holds its message. So an entry has a thousand receives, and ten days, before it is a dead letter. */
	heldByOther: 15 * 60,
	/** Its message cannot be read: another version of the gateway may have to come first. */
	unreadable: 15 * 60,
	/** Its message changed under the look. */
	unfinished: 60,
} as const;

/** The messages whose entries are left, each for so many seconds. */
export type RecheckDelays = ReadonlyMap<number, number>;

export function recheckDelaysFor(messageIds: Iterable<number>, why: keyof typeof recheckSeconds): RecheckDelays {
	return new Map([...messageIds].map((id) => [id, recheckSeconds[why]]));
}

/**
 * For how many seconds a message is not submitted by an entry that was sent again, from its claim on: another entry may have submitted it without one.
 * After the first of these that submit is recorded: 5 s from the read to the submit, 30 s for the response, and the rest for the record.
 */
const claimWaitsSeconds = [60, 30, 15, 8, 4] as const;

/**
 * The claim of a message that is to be submitted, with how long it waits then: for no more than half of the time in which it may go. Where that is
 * none, a copy is better than a message that comes too late. Null where nothing is to be written.
 * @param at as of when it is to be submitted.
 * @param now when it is claimed: from then on it waits.
 */
export function claimOf(message: Message, held: HeldById, at: number, now: number): MessageChange | null {
	const own = held.get(message.messageId);
	const change = own === undefined || decidePickUp(message, at).kind !== "submit" ? null : claimed(message, own);
	if (change === null || !own?.isAgain || message.holder !== null) return change;
	const seconds = claimWaitsSeconds.find((one) => decidePickUp(message, now + 2 * one * 1_000).kind === "submit");
	return seconds === undefined ? change : { ...change, waitsUntil: now + seconds * 1_000 };
}
