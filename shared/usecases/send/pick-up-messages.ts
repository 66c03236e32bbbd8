import type { Clock } from "../../clock.ts";
import type { Message, MessageChange } from "../../domain/message/message.ts";
import { expired, mayBeSetAside, parked, setAside } from "../../domain/message/message-transitions.ts";
import { pauseSlot, releaseRows } from "../../domain/schedule/slots.ts";
import {
	claimOf,
	type HeldById,
	type HeldMessages,
	heldById,
	kindOf,
	mayRepeat,
	type RecheckDelays,
	recheckDelaysFor,
} from "../../domain/send/lane-claims.ts";
import { decidePickUp, type PickUpDecision } from "../../domain/send/pick-up.ts";
import { intoSendJobs } from "../../domain/send/send-jobs.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmedReports } from "../message/change-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SlotStore } from "../schedule/slot-store.ts";

export type PickUpDeps = ChangeDeps & {
	readonly messages: MessageStore;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly slots: SlotStore;
	/** Absent: no batch is paused. */
	readonly isBatchPaused?: (batchId: number) => boolean;
	readonly now: Clock;
};

export type PickedUp = {
	/** To be submitted now, or at their `waitsUntil`, by id; claimed if that was needed. */
	readonly submit: ReadonlyMap<number, Message>;
	/** Those of `submit` that may have been submitted before: their next submit is counted first (A51). */
	readonly repeats: ReadonlySet<number>;
	readonly left: RecheckDelays;
	readonly others: NotSubmitted;
};

export type NotSubmitted = {
	readonly at: number;
	readonly expired: readonly Message[];
	readonly outsideWindow: readonly Message[];
	/** Their batch is paused. */
	readonly paused: readonly Message[];
	/** Ended or submitted before, by a process that may have died before the report. */
	readonly ended: readonly Message[];
	readonly held: HeldById;
};

/**
 * Reads the messages of lane entries and decides what to do with each. A message at revision 0 needs no claim if its
 * entry is a `first` one, received for the first time. Any other is claimed by a conditional write, which also makes a
 * scheduled one P (ADR 0050). If another entry holds a message, this entry stays in its lane, and ends the message if
 * the other is gone. The rest is for `settleOthers`, so that messages to submit need not wait for it.
 */
export async function pickUpMessages(deps: PickUpDeps, all: readonly HeldMessages[]): Promise<PickedUp> {
	const held = heldById(all);
	const { rows, unreadable } = await deps.messages.readEach([...held.keys()]);
	const at = deps.now();
	const found = [...rows.values()].map((message) => ({ message, kind: kindOf(message, held, at) }));
	const of = (kind: PickUpDecision["kind"]) => found.filter((one) => one.kind === kind).map(({ message }) => message);
	const heldByOther = found.filter(({ kind }) => kind === "heldByOther").map(({ message }) => message.messageId);
	const paused = of("submit").filter((message) => isOfPausedBatch(deps, message));
	const sendable = of("submit").filter((message) => !paused.includes(message));
	const { toSubmit, ended, left } = await claim(deps, sendable, held, at);
	const isSeenBefore = ({ messageId }: Message) => held.get(messageId)?.isSeenBefore === true;
	return {
		submit: toSubmit,
		repeats: new Set([...toSubmit.values()].filter((one) => mayRepeat(one, held)).map(({ messageId }) => messageId)),
		left: new Map([
			...recheckDelaysFor(heldByOther, "heldByOther"),
			...recheckDelaysFor(unreadable, "unreadable"),
			...left,
		]),
		others: {
			at,
			expired: of("expire"),
			outsideWindow: of("park"),
			paused,
			/* The request that withdrew a message may have died before the report, and this is its only holder. */
			ended: [...of("skip").filter((one) => one.status === "DELETED" || isSeenBefore(one)), ...ended],
			held,
		},
	};
}

/** Whether a message must wait because its batch is paused. */
export function isOfPausedBatch({ isBatchPaused }: Pick<PickUpDeps, "isBatchPaused">, message: Message): boolean {
	const { batchId } = message;
	return batchId !== null && isBatchPaused?.(batchId) === true && mayBeSetAside(message);
}

/** A claim fails if the message was withdrawn or claimed by another entry; it makes later ones of both fail. */
async function claim(deps: PickUpDeps, messages: readonly Message[], held: HeldById, at: number) {
	const changeOf = (message: Message) => claimOf(message, held, at, deps.now());
	const unclaimed = messages.filter((message) => changeOf(message) !== null);
	const rows = await changeMessages(deps, unclaimed, changeOf);
	const lost = missingFrom(unclaimed, rows);
	const now = messages.flatMap((message) =>
		lost.has(message.messageId) ? [] : (rows.get(message.messageId) ?? message),
	);
	const kinds = new Map(now.map((message) => [message, kindOf(message, held, at)]));
	const of = (kind: PickUpDecision["kind"] | "heldByOther") => now.filter((message) => kinds.get(message) === kind);
	const toSubmit = of("submit");
	const unfinished = now
		.filter((one) => one.status === "NEW" && !toSubmit.includes(one))
		.map(({ messageId }) => messageId);
	return {
		toSubmit: new Map(toSubmit.map((message) => [message.messageId, message])),
		ended: now.filter(({ status }) => status !== "NEW"),
		left: new Map([...recheckDelaysFor(lost, "unreadable"), ...recheckDelaysFor(unfinished, "unfinished")]),
	};
}

/**
 * Ends and reports expired messages, parks those that wait for their window or whose batch is paused, and reports those that ended before. When
 * this returns, they have another holder or need none. May be repeated.
 * @param again whether an earlier try may have ended messages without reporting them.
 * @returns messages that cannot be read any more, or changed meanwhile: their entries stay.
 */
export async function settleOthers(
	deps: PickUpDeps,
	{ at, expired: toExpire, outsideWindow, paused, ended: endedBefore, held }: NotSubmitted,
	again = false,
): Promise<RecheckDelays> {
	const endedByOther: Message[] = [];
	const rows = await changeMessages(deps, toExpire, (message) => {
		/* By the same entry's other receive, whose process may die before the report. */
		if (message.status !== "NEW") endedByOther.push(message);
		return kindOf(message, held, at) === "expire" ? expired(message, at) : null;
	});
	const unparked = await park(deps, outsideWindow, held, at);
	const notSetAside = await setAllAside(deps, paused, held, at);
	await queueUnconfirmedReports(deps, [...endedBefore, ...(again ? rows.values() : endedByOther)]);
	const unended = [...rows.values()].filter(({ status }) => status === "NEW").map(({ messageId }) => messageId);
	return new Map([
		...recheckDelaysFor(missingFrom(toExpire, rows), "unreadable"),
		...recheckDelaysFor(unended, "unfinished"),
		...unparked,
		...notSetAside,
	]);
}

/** Clears the holder before the slot row is written, so that the release entry can claim the message at once. */
async function park(
	deps: PickUpDeps,
	outsideWindow: readonly Message[],
	byId: HeldById,
	at: number,
): Promise<RecheckDelays> {
	const changeOf = (message: Message): MessageChange | null => {
		const own = byId.get(message.messageId);
		return own === undefined ? null : parked(message, own, mayRepeat(message, byId));
	};
	const slotOf = (message: Message) => {
		const what = decidePickUp(message, at);
		return what.kind === "park" && kindOf(message, byId, at) === "park" ? what.slot : null;
	};
	return await putIntoSlots(deps, outsideWindow, changeOf, slotOf);
}

/**
 * Messages of a paused batch wait for the next slot, and are released, checked and set aside again until it is resumed. Once
 * one is set aside, only a claim submits it, so an `again` entry that comes later has no submit of its first entry to fear.
 */
async function setAllAside(
	deps: PickUpDeps,
	paused: readonly Message[],
	byId: HeldById,
	at: number,
): Promise<RecheckDelays> {
	const changeOf = (message: Message): MessageChange | null => {
		const own = byId.get(message.messageId);
		if (own === undefined) return null;
		const isSetAside = message.pausedAt !== null && message.holder === null;
		return setAside(message, own, isSetAside ? own.mayRepeat : mayRepeat(message, byId), at);
	};
	const slotOf = (message: Message) => (kindOf(message, byId, at) === "submit" ? pauseSlot(at) : null);
	return await putIntoSlots(deps, paused, changeOf, slotOf);
}

/** @param slotOf null: it must not wait in a slot now. */
async function putIntoSlots(
	deps: PickUpDeps,
	toPark: readonly Message[],
	changeOf: (message: Message) => MessageChange | null,
	slotOf: (message: Message) => number | null,
): Promise<RecheckDelays> {
	const held = toPark.filter((message) => changeOf(message) !== null);
	const rows = await changeMessages(deps, held, changeOf);
	const lost = missingFrom(held, rows);
	const waiting = toPark.flatMap((message) =>
		lost.has(message.messageId) ? [] : (rows.get(message.messageId) ?? message),
	);
	const bySlot = new Map<number, Message[]>();
	const unparked: number[] = [];
	for (const message of waiting) {
		const slot = slotOf(message);
		if (slot !== null) bySlot.set(slot, [...(bySlot.get(slot) ?? []), message]);
		else if (message.status === "NEW") unparked.push(message.messageId);
	}
	const slotRows = [...bySlot].flatMap(([slot, own]) => releaseRows(intoSendJobs(own), slot, Math.random));
	if (slotRows.length > 0) await deps.slots.put(slotRows);
	return new Map([...recheckDelaysFor(lost, "unreadable"), ...recheckDelaysFor(unparked, "unfinished")]);
}
