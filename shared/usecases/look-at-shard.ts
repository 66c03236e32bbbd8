import { expired } from "../domain/message-life.ts";
import type { SlotRow } from "../domain/slots.ts";
import type { Clock, Lanes, Look, LookQueue, MessageStore, PackStore, SlotPage, SlotStore } from "../ports.ts";
import { type ChangeDeps, changeMessages, lostOf, queueUnconfirmed } from "./change-messages.ts";

export type Looking = ChangeDeps & {
	readonly messages: MessageStore;
	readonly packs: Pick<PackStore, "confirmed">;
	readonly slots: Pick<SlotStore, "put" | "rows" | "remove">;
	readonly lanes: Lanes;
	readonly looks: LookQueue;
	readonly now: Clock;
};

/** Rows that are done together: small enough that a look which dies half-way repeats little. */
const rowsAtOnce = 25;

/** Rows in memory, however many the shard has: they are done side by side. */
const rowsMax = 4 * rowsAtOnce;

/**
 * Does what a shard's rows order, some at a time, and deletes each when its messages have another holder or an end: parked
 * ones are in their lanes then, packs are in their queue, and what was submitted and has no receipt by now has expired. What cannot be read, row
 * or message, stays where it is and holds up nothing: the sweep has it looked at again, until it can be.
 * @param until when to stop: what is left of the shard then is queued again, and goes on where this ended. One page is always done.
 */
export async function lookAtShard(
	looking: Looking,
	{ slot, shard, after }: Look,
	until = Number.POSITIVE_INFINITY,
): Promise<void> {
	let next: string | null = after ?? null;
	do {
		const page: SlotPage = await looking.slots.rows(slot, shard, rowsMax, next);
		const lots = Array.from({ length: Math.ceil(page.rows.length / rowsAtOnce) }, (_, index) =>
			page.rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce),
		);
		await Promise.all(lots.map((lot) => doOrders(looking, lot)));
		next = page.next;
		if (next !== null && looking.now() >= until) return await looking.looks.send([{ slot, shard, after: next }]);
	} while (next !== null);
}

async function doOrders(looking: Looking, rows: readonly SlotRow[]): Promise<void> {
	for (const kind of ["release", "again"] as const) {
		const own = rows.flatMap(({ order }) =>
			order.kind === "release" && (order.again ? "again" : "release") === kind ? [order.parcel] : [],
		);
		await looking.lanes.send(own, kind);
	}
	await looking.reports.send(rows.flatMap(({ order }) => (order.kind === "report" ? [order.pack] : [])));
	const unread = await giveUp(looking, rows);
	const kept = rows.flatMap((row) => watchOf(row, unread));
	await looking.slots.put(kept);
	const keptLooks = new Set(kept.map(({ look }) => look));
	await looking.slots.remove(rows.filter(({ look }) => !keptLooks.has(look)));
}

/** What is left of a row: to watch those of its messages that cannot be read now. */
function watchOf(row: SlotRow, unread: ReadonlySet<number>): readonly SlotRow[] {
	if (row.order.kind !== "watch") return [];
	const messageIds = row.order.messageIds.filter((id) => unread.has(id));
	return messageIds.length === 0 ? [] : [{ ...row, order: { kind: "watch", messageIds } }];
}

/** Gives which of the watched messages cannot be read. */
async function giveUp(looking: Looking, rows: readonly SlotRow[]): Promise<ReadonlySet<number>> {
	const ids = rows.flatMap(({ order }) => (order.kind === "watch" ? order.messageIds : []));
	const found = await looking.messages.readEach([...new Set(ids)]);
	const known = [...found.rows.values()];
	const at = looking.now();
	const now = await changeMessages(looking, known, (message) => expired(message, at));
	/* A look that died here before has ended them and perhaps told nobody; any other report is confirmed, or on its way, by now. */
	await queueUnconfirmed(
		looking,
		known.filter(({ status, errorCode }) => status === "EXPIRED" && (errorCode === "22" || errorCode === "18")),
	);
	return new Set([...found.unreadable, ...lostOf(known, now)]);
}
