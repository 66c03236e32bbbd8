import type { Message } from "../../domain/message/message.ts";
import { type EntryClaim, type EntryIds, isHeldByOther } from "../../domain/message/message-transitions.ts";
import { decidePickUp, type PickUpDecision } from "../../domain/send/pick-up.ts";
import type { LaneEntry } from "./lane-source.ts";

/** The messages that a lane entry names, or those of them that are looked at. */
export type HeldMessages = Pick<LaneEntry, "entryId" | "kind"> & {
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
	for (const { messageIds, entryId, kind, redelivered, readBefore = false, ...one } of all) {
		for (const id of new Set(messageIds)) {
			const known = held.get(id);
			const entryIds: EntryIds = known === undefined ? [entryId] : [...known.entryIds, entryId];
			held.set(id, {
				entryIds,
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
 * For how many seconds an entry is left that has just claimed a message which another entry may have submitted without a claim. After the first of
 * these that submit is recorded: 5 s from the read to the submit, 30 s for the response, and the rest for the record.
 */
const claimWaitsSeconds = [60, 30, 15, 8, 4] as const;

/**
 * For how many seconds a message, as it was before this claim, is left before it is submitted: for no more than half of the time in which it may go.
 * Where that is none, a copy is better than a message that comes too late.
 */
export function claimWaitSeconds(before: Message, held: HeldById, at: number): number | undefined {
	const isClaimedNow = before.holder === null && held.get(before.messageId)?.isAgain === true;
	if (!isClaimedNow) return undefined;
	return claimWaitsSeconds.find((seconds) => decidePickUp(before, at + 2 * seconds * 1_000).kind === "submit");
}
