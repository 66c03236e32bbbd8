import { pickedUp, withEntries } from "../message/history.ts";
import type { LaneEntryKind } from "../message/lanes.ts";
import type { Message, MessageChange } from "../message/message.ts";
import { claimed, type EntryClaim, isHeldByOther } from "../message/message-transitions.ts";
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

export type Held = Required<EntryClaim> & {
	/** There may be a submit that is not recorded. */
	readonly mayRepeat: boolean;
	/** An `again` entry is among them. */
	readonly isAgain: boolean;
	/** The only entry that submits without a claim is among them, and it was never received before. */
	readonly isFirst: boolean;
	/** If the message has ended, its report may be missing: the process that ended it may have died. */
	readonly isSeenBefore: boolean;
};

export type HeldById = ReadonlyMap<number, Held>;

export function heldById(all: readonly HeldMessages[]): HeldById {
	const held = new Map<number, Held>();
	for (const entry of all) {
		const own = heldBy(entry);
		for (const id of new Set(entry.messageIds)) {
			const known = held.get(id);
			held.set(id, known === undefined ? own : together(known, own));
		}
	}
	return held;
}

function heldBy({
	entryId,
	formerIds = [],
	kind,
	redelivered,
	readBefore = false,
	mayRepeat = false,
}: HeldMessages): Held {
	const isUsed = redelivered || mayRepeat;
	return {
		entryIds: [entryId, ...formerIds],
		formerIds,
		isRequired: kind !== "first" || redelivered,
		mayRepeat: isUsed,
		isAgain: kind === "again",
		isFirst: kind === "first" && !isUsed && !readBefore && formerIds.length === 0,
		isSeenBefore: redelivered || readBefore,
	};
}

function together(one: Held, other: Held): Held {
	return {
		entryIds: [...one.entryIds, ...other.entryIds],
		formerIds: [...one.formerIds, ...other.formerIds],
		isRequired: one.isRequired || other.isRequired,
		mayRepeat: one.mayRepeat || other.mayRepeat,
		isAgain: one.isAgain || other.isAgain,
		isFirst: one.isFirst || other.isFirst,
		isSeenBefore: one.isSeenBefore || other.isSeenBefore,
	};
}

/** This long after the expiry of a message, the entry that holds it is gone for certain. */
const otherGoneAfterMs = 60 * 60_000;

/** What this task does with a message. `heldByOther`: another entry holds the message, and also ends it. */
export function kindOf(message: Message, held: HeldById, at: number): PickUpDecision["kind"] | "heldByOther" {
	const { kind } = decidePickUp(message, at);
	const own = held.get(message.messageId);
	const isOthers = kind !== "skip" && isHeldByOther(message, own?.entryIds ?? []);
	if (!isOthers || (kind === "submit" && mayTakeOver(message, own))) return kind;
	return at < message.expiresAt + otherGoneAfterMs ? "heldByOther" : kind;
}

/** Whether the next segment of a message may be at its SMSC already. */
export function mayRepeat({ messageId, repeated, segments }: Message, held: HeldById): boolean {
	const own = held.get(messageId);
	return own?.mayRepeat === true || isUnsure(own) || repeated?.segmentIndex === segments.length;
}

/** Whether the first entry of a message may have submitted it without a claim. */
const isUnsure = (own: Held | undefined) => own?.isAgain === true && !own.isFirst;

/**
 * Whether the first entry of a message takes the claim from an `again` entry that was received before it (ADR 0109). That
 * entry waits for a submit which the first entry alone can make. It has not submitted: its submits are counted first.
 */
function mayTakeOver({ waitsUntil, segments, repeated }: Message, own: Held | undefined): boolean {
	return own?.isFirst === true && waitsUntil !== null && segments.length === 0 && repeated === null;
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
	if (own === undefined || decidePickUp(message, at).kind !== "submit") return null;
	if (mayTakeOver(message, own)) {
		return {
			holder: own.entryIds[0],
			waitsUntil: null,
			history: withEntries(message.history, [pickedUp(message, now)]),
		};
	}
	const change = claimed(message, own, now);
	if (change === null || !isUnsure(own) || message.holder !== null) return change;
	const seconds = claimWaitsSeconds.find((one) => decidePickUp(message, now + 2 * one * 1_000).kind === "submit");
	return seconds === undefined ? change : { ...change, waitsUntil: now + seconds * 1_000 };
}
