import type { Message } from "../domain/message.ts";
import { ended } from "../domain/message-life.ts";
import type { Parcel } from "../domain/parcels.ts";
import { type PickUp, pickUp } from "../domain/pick-up.ts";
import { releaseRows } from "../domain/slots.ts";
import type { Clock, MessageStore, PackStore, SlotStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "./change-messages.ts";

export type PickingUp = ChangeDeps & {
	readonly messages: MessageStore;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: SlotStore;
	readonly now: Clock;
};

export type HeldParcel = {
	readonly parcel: Parcel;
	/** Somebody was given its lane entry before. */
	readonly redelivered: boolean;
	/** The SMSC was handed its messages, and never answered. */
	readonly unanswered?: boolean;
};

/**
 * Looks at the messages that lane entries name, as the table has them now. What has expired is ended and reported; what waits for
 * its window is parked until that opens, in its parcel; what is done with is passed over. All of these have another holder, or need none,
 * when this returns.
 * @returns those to be submitted now, by id.
 */
export async function pickUpMessages(
	picking: PickingUp,
	held: readonly HeldParcel[],
): Promise<ReadonlyMap<number, Message>> {
	const rows = await picking.messages.read([...new Set(held.flatMap(({ parcel }) => parcel.messageIds))]);
	const now = picking.now();
	const of = (kind: PickUp["kind"]) => [...rows.values()].filter((message) => pickUp(message, now).kind === kind);
	const unanswered = new Set(held.filter((one) => one.unanswered).flatMap(({ parcel }) => parcel.messageIds));
	await changeMessages(picking, of("expire"), (message) => {
		if (pickUp(message, now).kind !== "expire") return null;
		return ended(message, { status: "EXPIRED", errorCode: unanswered.has(message.messageId) ? "18" : "22", at: now });
	});
	await park(picking, held, rows, now);
	const redelivered = held.filter((one) => one.redelivered).flatMap(({ parcel }) => parcel.messageIds);
	await queueUnconfirmed(
		picking,
		redelivered.flatMap((id) => rows.get(id) ?? []),
	);
	return new Map(of("submit").map((message) => [message.messageId, message]));
}

async function park(
	{ slots }: PickingUp,
	held: readonly HeldParcel[],
	rows: ReadonlyMap<number, Message>,
	now: number,
): Promise<void> {
	const parked = held.flatMap(({ parcel }) => {
		const waits = parcel.messageIds.map((messageId) => ({ messageId, what: pickUp(rows.get(messageId), now) }));
		const bySlot = Map.groupBy(waits, ({ what }) => (what.kind === "park" ? what.slot : null));
		return [...bySlot].flatMap(([slot, own]) =>
			slot === null
				? []
				: releaseRows([{ ...parcel, messageIds: own.map(({ messageId }) => messageId) }], slot, Math.random),
		);
	});
	if (parked.length > 0) await slots.put(parked);
}
