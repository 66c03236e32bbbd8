import type { LaneEntryKind } from "../message/lanes.ts";
import type { Message, MessageChange } from "../message/message.ts";
import { claimed, type EntryClaim, type EntryIds, isHeldByOther } from "../message/message-transitions.ts";
import { decidePickUp, type PickUpDecision } from "./pick-up.ts";

/** The messages of one lane entry that are to be checked: all that it names, or some. */
export type HeldMessages = {
	readonly entryId: string;
	readonly formerIds?: readonly string[];
	readonly kind: LaneEntryKind;
	readonly messageIds: readonly number[];
	/** The entry was received before: there may be a submit that is not recorded. */
	readonly redelivered: boolean;
	readonly readBefore?: boolean;
	/** There may be a submit that is not recorded, whatever the entry says. */
	readonly mayRepeat?: boolean;
};

export type Held = EntryClaim & {
	/** There may be a submit that is not recorded. */
	readonly mayRepeat: boolean;
	/** An `again` entry is among them: an unclaimed submit may be under way. */
	readonly isAgain: boolean;
	/** If the message has ended, its report may be missing: the process that ended it may have died. */
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

/** This long after the expiry of a message, the entry that holds it is gone for certain. */
const otherGoneAfterMs = 60 * 60_000;

/** What this task does with a message. `heldByOther`: another entry holds the message, and also ends it. */
export function kindOf(message: Message, held: HeldById, at: number): PickUpDecision["kind"] | "heldByOther" {
	const { kind } = decidePickUp(message, at);
	const isOthers = isHeldByOther(message, held.get(message.messageId)?.entryIds ?? []);
	return kind !== "skip" && isOthers && at < message.expiresAt + otherGoneAfterMs ? "heldByOther" : kind;
}

/** Whether the next segment of a message may be at its SMSC already. */
export function mayRepeat({ messageId, repeated, segments }: Message, held: HeldById): boolean {
	return held.get(messageId)?.mayRepeat === true || repeated?.segmentIndex === segments.length;
}

export const recheckSeconds = {
	/** Another entry holds its message. With a thousand receives, an entry becomes a dead letter after ten days. */
	heldByOther: 15 * 60,
	/** Its message cannot be read, perhaps not before another version of the gateway is deployed. */
	unreadable: 15 * 60,
	unfinished: 60,
} as const;

/** The messages whose entries stay in the lane, with the seconds until the next check. */
export type RecheckDelays = ReadonlyMap<number, number>;

export function recheckDelaysFor(messageIds: Iterable<number>, why: keyof typeof recheckSeconds): RecheckDelays {
	return new Map([...messageIds].map((id) => [id, recheckSeconds[why]]));
}

/**
 * How long an `again` entry waits after its claim, because another entry may have submitted the message without a
 * claim. After 60 s that submit is recorded: 5 s from the read to the submit, 30 s for the response, the rest for the
 * record.
 */
const claimWaitsSeconds = [60, 30, 15, 8, 4] as const;

/**
 * The claim of a message before its submit, with its wait: at most half of the time in which it may go, because a copy
 * is better than a message that comes too late (ADR 0051). Null if nothing is to be written.
 * @param at when the message was read.
 * @param now the time of the claim, from which the wait counts.
 */
export function claimOf(message: Message, held: HeldById, at: number, now: number): MessageChange | null {
	const own = held.get(message.messageId);
	const change = own === undefined || decidePickUp(message, at).kind !== "submit" ? null : claimed(message, own);
	if (change === null || !own?.isAgain || message.holder !== null) return change;
	const seconds = claimWaitsSeconds.find((one) => decidePickUp(message, now + 2 * one * 1_000).kind === "submit");
	return seconds === undefined ? change : { ...change, waitsUntil: now + seconds * 1_000 };
}
