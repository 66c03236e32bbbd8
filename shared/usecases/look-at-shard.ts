import { expired } from "../domain/message-life.ts";
import type { SlotRow } from "../domain/slots.ts";
import type { Clock, Lanes, Look, MessageStore, PackStore, SlotStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, queueUnconfirmed } from "./change-messages.ts";

export type Looking = ChangeDeps & {
	readonly messages: MessageStore;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: Pick<SlotStore, "rows" | "remove">;
	readonly lanes: Lanes;
	readonly now: Clock;
};

/** Rows that are done together: small enough that a look which dies half-way repeats little. */
const rowsAtOnce = 25;

/** Rows in memory, however many the shard has: they are done side by side. */
const rowsMax = 4 * rowsAtOnce;

/**
 * Does what a shard's rows order, some at a time, and deletes each when its messages have another holder or an end: parked
 * ones are in their lanes then, packs are in their queue, and what was submitted and has no receipt by now has expired.
 */
export async function lookAtShard(looking: Looking, { slot, shard }: Look): Promise<void> {
	for (;;) {
		const rows = await looking.slots.rows(slot, shard, rowsMax);
		if (rows.length === 0) return;
		const lots = Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, index) =>
			rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce),
		);
		await Promise.all(lots.map((lot) => doOrders(looking, lot)));
	}
}

async function doOrders(looking: Looking, rows: readonly SlotRow[]): Promise<void> {
	const released = rows.flatMap(({ order }) => (order.kind === "release" ? [order.parcel] : []));
	await looking.lanes.send(released, "release");
	await looking.reports.send(rows.flatMap(({ order }) => (order.kind === "report" ? [order.pack] : [])));
	await giveUp(looking, rows);
	await looking.slots.remove(rows);
}

async function giveUp(looking: Looking, rows: readonly SlotRow[]): Promise<void> {
	const ids = rows.flatMap(({ order }) => (order.kind === "watch" ? order.messageIds : []));
	const known = [...(await looking.messages.read([...new Set(ids)])).values()];
	const at = looking.now();
	await changeMessages(looking, known, (message) => expired(message, at));
	/* A look that died here before has ended them and perhaps told nobody; any other report is confirmed, or on its way, by now. */
	await queueUnconfirmed(
		looking,
		known.filter(({ status, errorCode }) => status === "EXPIRED" && (errorCode === "22" || errorCode === "18")),
	);
}
