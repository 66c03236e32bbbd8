import type { Message } from "../domain/message.ts";
import { type Claim, type EntryIds, isHeldByOther } from "../domain/message-life.ts";
import { type PickUp, pickUp } from "../domain/pick-up.ts";
import type { LaneEntry } from "../ports.ts";

/** The messages that a lane entry names, or those of them that are looked at. */
export type HeldMessages = Pick<LaneEntry, "entryId" | "kind"> & {
	readonly messageIds: readonly number[];
	/** It was received before: a submit may have gone that is not recorded. */
	readonly redelivered: boolean;
	/** They were looked at here before. */
	readonly readBefore?: boolean;
};

/** What the entries that are held here say of one message. */
export type Held = Claim & {
	/** A submit of it may have gone before. */
	readonly mayRepeat: boolean;
	/** What is over by now may not have been reported: the process that ended it may have died. */
	readonly isSeenBefore: boolean;
};

export type HeldById = ReadonlyMap<number, Held>;

export function heldById(all: readonly HeldMessages[]): HeldById {
	const held = new Map<number, Held>();
	for (const { messageIds, entryId, kind, redelivered, readBefore = false } of all) {
		for (const id of new Set(messageIds)) {
			const known = held.get(id);
			const entryIds: EntryIds = known === undefined ? [entryId] : [...known.entryIds, entryId];
			held.set(id, {
				entryIds,
				must: known?.must || kind !== "first" || redelivered,
				mayRepeat: known?.mayRepeat || kind === "again" || redelivered,
				isSeenBefore: known?.isSeenBefore || redelivered || readBefore,
			});
		}
	}
	return held;
}

/** What is to be done with a message by the entries that are held here. `theirs`: another entry holds it, and deals with it whatever its times say. */
export function kindOf(message: Message, held: HeldById, at: number): PickUp["kind"] | "theirs" {
	const { kind } = pickUp(message, at);
	const isTheirs = isHeldByOther(message, held.get(message.messageId)?.entryIds ?? []);
	return kind !== "skip" && isTheirs ? "theirs" : kind;
}

/** Whether the next segment of a message may be at its SMSC already. */
export function mayRepeat({ messageId, repeated, segments }: Message, held: HeldById): boolean {
	return held.get(messageId)?.mayRepeat === true || repeated?.segmentIndex === segments.length;
}
