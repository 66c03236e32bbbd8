import type { Message } from "../domain/message.ts";
import { claimed, expired } from "../domain/message-life.ts";
import { intoParcels } from "../domain/parcels.ts";
import { pickUp } from "../domain/pick-up.ts";
import { releaseRows } from "../domain/slots.ts";
import type { Clock, MessageStore, PackStore, SlotStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";

export type PickingUp = ChangeDeps & {
	readonly messages: MessageStore;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: SlotStore;
	readonly now: Clock;
};

export type HeldMessages = {
	readonly messageIds: readonly number[];
	/** Somebody was given their lane entry before. */
	readonly redelivered: boolean;
};

export type PickedUp = {
	/** To be submitted now, by id: as their rows are, and claimed where they were scheduled. */
	readonly submit: ReadonlyMap<number, Message>;
	/** They are there and cannot be read now: their lane entry is the one holder they have, and must stay. */
	readonly unreadable: ReadonlySet<number>;
	/** Those that are not, and still need another holder or an end. */
	readonly others: Others;
};

export type Others = {
	readonly at: number;
	readonly expired: readonly Message[];
	/** By the slot that they wait for. */
	readonly shut: ReadonlyMap<number, readonly Message[]>;
	/** They ended before, and perhaps nobody was told. */
	readonly ended: readonly Message[];
};

/**
 * Looks at the messages that lane entries name, as the table has them now, and claims those that were scheduled and go now: from then on
 * nobody can withdraw them. What is done with is passed over. The others are for `letGo`, so that what goes now need not
 * wait for them.
 */
export async function pickUpMessages(picking: PickingUp, held: readonly HeldMessages[]): Promise<PickedUp> {
	const { rows, unreadable } = await picking.messages.readEach([
		...new Set(held.flatMap(({ messageIds }) => messageIds)),
	]);
	const at = picking.now();
	const found = [...rows.values()].map((message) => ({ message, what: pickUp(message, at) }));
	const idsOf = (some: readonly HeldMessages[]) => new Set(some.flatMap(({ messageIds }) => messageIds));
	const redelivered = idsOf(held.filter((one) => one.redelivered));
	const of = (kind: string) => found.filter(({ what }) => what.kind === kind).map(({ message }) => message);
	const { going, withdrawn, lost } = await claim(picking, of("submit"), at);
	return {
		submit: going,
		unreadable: new Set([...unreadable, ...lost]),
		others: {
			at,
			expired: of("expire"),
			shut: shutOf(found),
			/* Whoever withdrew a message may have died before its report: no other holder comes back to it but this. */
			ended: [
				...of("skip").filter(({ messageId, status }) => status === "DELETED" || redelivered.has(messageId)),
				...withdrawn,
			],
		},
	};
}

/** One change more, for scheduled messages only: it fails on those that were withdrawn meanwhile, and makes all later withdrawals fail. */
async function claim(picking: PickingUp, messages: readonly Message[], at: number) {
	const planned = messages.filter((message) => claimed(message) !== null);
	const rows = await changeMessages(picking, planned, (message) =>
		pickUp(message, at).kind === "submit" ? claimed(message) : null,
	);
	const lost = lostOf(planned, rows);
	const now = messages.flatMap((message) =>
		lost.has(message.messageId) ? [] : (rows.get(message.messageId) ?? message),
	);
	const going = now.filter((message) => pickUp(message, at).kind === "submit");
	return {
		going: new Map(going.map((message) => [message.messageId, message])),
		withdrawn: now.filter(({ status }) => status === "DELETED"),
		lost,
	};
}

function shutOf(found: readonly { readonly message: Message; readonly what: ReturnType<typeof pickUp> }[]) {
	const shut = new Map<number, Message[]>();
	for (const { message, what } of found) {
		if (what.kind === "park") shut.set(what.slot, [...(shut.get(what.slot) ?? []), message]);
	}
	return shut;
}

/**
 * Ends and reports what has expired, parks what waits for its window, whole parcels in one row, and reports what ended without it. All of
 * these have another holder, or need none, when this returns; it may be done again.
 * @param again whether it was tried before: that try may have got as far as the end, and not to its report.
 * @returns those of which that is not so, for they cannot be read any more: their holder must stay.
 */
export async function letGo(
	picking: PickingUp,
	{ at, expired: late, shut, ended: over }: Others,
	again = false,
): Promise<ReadonlySet<number>> {
	const rows = await changeMessages(picking, late, (message) =>
		pickUp(message, at).kind === "expire" ? expired(message, at) : null,
	);
	const parked = [...shut].flatMap(([slot, messages]) => releaseRows(intoParcels(messages), slot, Math.random));
	if (parked.length > 0) await picking.slots.put(parked);
	await queueUnconfirmed(picking, again ? [...over, ...rows.values()] : over);
	return lostOf(late, rows);
}
