import type { Message, MessageChange } from "../domain/message.ts";
import { claimed, expired, parked } from "../domain/message-life.ts";
import { intoParcels } from "../domain/parcels.ts";
import { type PickUp, pickUp } from "../domain/pick-up.ts";
import { releaseRows } from "../domain/slots.ts";
import type { Clock, MessageStore, PackStore, SlotStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";
import {
	type HeldById,
	type HeldMessages,
	heldById,
	kindOf,
	type Left,
	leftFor,
	mayRepeat,
	waitsForOthers,
} from "./lane-claims.ts";

export type PickingUp = ChangeDeps & {
	readonly messages: MessageStore;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: SlotStore;
	readonly now: Clock;
};

export type PickedUp = {
	/** To be submitted now, by id: as their rows are, claimed where that was needed. */
	readonly submit: ReadonlyMap<number, Message>;
	/** Those of them that may have been submitted before: the next submit is counted first (A51). */
	readonly repeats: ReadonlySet<number>;
	/** Those whose entries stay in the lane as they are, for another look. */
	readonly left: Left;
	/** Those that are not, and still need another holder or an end. */
	readonly others: Others;
};

export type Others = {
	readonly at: number;
	readonly expired: readonly Message[];
	/** Those whose window is closed. */
	readonly shut: readonly Message[];
	/** They ended or were submitted before, by a process that perhaps died before it reported that. */
	readonly ended: readonly Message[];
	readonly held: HeldById;
};

/**
 * Looks at the messages that lane entries name, as the table has them now. A message that was never touched since it was stored goes at once,
 * where its entry is the first and is received for the first time: no other entry may submit it then. In any other case the entry claims it by a
 * conditional write, which also hands a scheduled one on. An entry whose message another one holds is left in its lane: should that one be gone, this
 * one ends the message. The others are for `letGo`, so that what goes now need not wait for them.
 */
export async function pickUpMessages(picking: PickingUp, all: readonly HeldMessages[]): Promise<PickedUp> {
	const held = heldById(all);
	const { rows, unreadable } = await picking.messages.readEach([...held.keys()]);
	const at = picking.now();
	const found = [...rows.values()].map((message) => ({ message, kind: kindOf(message, held, at) }));
	const of = (kind: PickUp["kind"]) => found.filter((one) => one.kind === kind).map(({ message }) => message);
	const theirs = found.filter(({ kind }) => kind === "theirs").map(({ message }) => message.messageId);
	const { going, over, left } = await claim(picking, of("submit"), held, at);
	const isSeenBefore = ({ messageId }: Message) => held.get(messageId)?.isSeenBefore === true;
	return {
		submit: going,
		repeats: new Set([...going.values()].filter((one) => mayRepeat(one, held)).map(({ messageId }) => messageId)),
		left: new Map([...leftFor(theirs, "theirs"), ...leftFor(unreadable, "unreadable"), ...left]),
		others: {
			at,
			expired: of("expire"),
			shut: of("park"),
			/* Whoever withdrew a message may have died before its report: no other holder comes back to it but this. */
			ended: [...of("skip").filter((one) => one.status === "DELETED" || isSeenBefore(one)), ...over],
			held,
		},
	};
}

/** A claim fails on what was withdrawn meanwhile, or claimed by another entry, and makes all later withdrawals and claims fail. */
async function claim(picking: PickingUp, messages: readonly Message[], held: HeldById, at: number) {
	const changeOf = (message: Message): MessageChange | null => {
		const own = held.get(message.messageId);
		return own === undefined || pickUp(message, at).kind !== "submit" ? null : claimed(message, own);
	};
	const unclaimed = messages.filter((message) => changeOf(message) !== null);
	const rows = await changeMessages(picking, unclaimed, changeOf);
	const lost = lostOf(unclaimed, rows);
	const now = messages.flatMap((message) =>
		lost.has(message.messageId) ? [] : (rows.get(message.messageId) ?? message),
	);
	const waiting = new Set(messages.filter((one) => waitsForOthers(one, held, at)).map(({ messageId }) => messageId));
	const kinds = new Map(now.map((message) => [message, kindOf(message, held, at)]));
	const of = (kind: PickUp["kind"] | "theirs") => now.filter((message) => kinds.get(message) === kind);
	const going = of("submit").filter(({ messageId }) => !waiting.has(messageId));
	const unfinished = now
		.filter((one) => one.status === "NEW" && !going.includes(one))
		.map(({ messageId }) => messageId);
	return {
		going: new Map(going.map((message) => [message.messageId, message])),
		over: now.filter(({ status }) => status !== "NEW"),
		left: new Map([...leftFor(lost, "unreadable"), ...leftFor(unfinished, "unfinished")]),
	};
}

/**
 * Ends and reports what has expired, parks what waits for its window, whole parcels in one row, and reports what ended without it. All of
 * these have another holder, or need none, when this returns; it may be done again.
 * @param again whether it was tried before: that try may have got as far as the end, and not to its report.
 * @returns those of which that is not so, for they cannot be read any more, or changed meanwhile: their entries stay.
 */
export async function letGo(
	picking: PickingUp,
	{ at, expired: late, shut, ended: over, held }: Others,
	again = false,
): Promise<Left> {
	const rows = await changeMessages(picking, late, (message) =>
		kindOf(message, held, at) === "expire" ? expired(message, at) : null,
	);
	const unparked = await park(picking, shut, held, at);
	await queueUnconfirmed(picking, again ? [...over, ...rows.values()] : over);
	const unended = [...rows.values()].filter(({ status }) => status === "NEW").map(({ messageId }) => messageId);
	return new Map([...leftFor(lostOf(late, rows), "unreadable"), ...leftFor(unended, "unfinished"), ...unparked]);
}

/** The entry lets go of a message before its slot has it, and is deleted after: so the slot's own entry finds it unheld, however soon it comes. */
async function park(picking: PickingUp, shut: readonly Message[], byId: HeldById, at: number): Promise<Left> {
	const changeOf = (message: Message): MessageChange | null => {
		const own = byId.get(message.messageId);
		return own === undefined ? null : parked(message, own, mayRepeat(message, byId));
	};
	const held = shut.filter((message) => changeOf(message) !== null);
	const rows = await changeMessages(picking, held, changeOf);
	const lost = lostOf(held, rows);
	const waiting = shut.flatMap((message) =>
		lost.has(message.messageId) ? [] : (rows.get(message.messageId) ?? message),
	);
	const bySlot = new Map<number, Message[]>();
	const unparked: number[] = [];
	for (const message of waiting) {
		const what = pickUp(message, at);
		const isOurs = kindOf(message, byId, at) === "park";
		if (what.kind === "park" && isOurs) bySlot.set(what.slot, [...(bySlot.get(what.slot) ?? []), message]);
		else if (message.status === "NEW") unparked.push(message.messageId);
	}
	const slotRows = [...bySlot].flatMap(([slot, own]) => releaseRows(intoParcels(own), slot, Math.random));
	if (slotRows.length > 0) await picking.slots.put(slotRows);
	return new Map([...leftFor(lost, "unreadable"), ...leftFor(unparked, "unfinished")]);
}
