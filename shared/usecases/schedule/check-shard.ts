import type { Clock } from "../../clock.ts";
import { expired } from "../../domain/message/message-transitions.ts";
import type { SlotRow } from "../../domain/schedule/slots.ts";
import type { Lanes } from "../accept/lanes.ts";
import { type ChangeDeps, changeMessages, missingFrom, queueUnconfirmedReports } from "../message/change-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { DueShard, DueShardQueue } from "./due-shard-queue.ts";
import type { SlotPage, SlotStore } from "./slot-store.ts";

export type CheckShardDeps = ChangeDeps & {
	readonly messages: MessageStore;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly slots: Pick<SlotStore, "put" | "rows" | "remove">;
	readonly lanes: Lanes;
	readonly dueShards: DueShardQueue;
	readonly now: Clock;
};

/** Rows that are handled together: few, so that little is repeated after a crash. */
const rowsAtOnce = 25;

const rowsMax = 4 * rowsAtOnce;

/**
 * Carries out the rows of a shard: queues parked messages and report batches, and expires submitted messages without a
 * receipt. Each row is deleted when its messages have another holder or have ended. Unreadable rows and messages stay,
 * and the sweep has them checked again.
 * @param until when to stop. At least one page is done; the rest is queued again.
 */
export async function checkShard(
	deps: CheckShardDeps,
	{ slot, shard, after }: DueShard,
	until = Number.POSITIVE_INFINITY,
): Promise<void> {
	let next: string | null = after ?? null;
	do {
		const page: SlotPage = await deps.slots.rows(slot, shard, rowsMax, next);
		const chunks = Array.from({ length: Math.ceil(page.rows.length / rowsAtOnce) }, (_, index) =>
			page.rows.slice(index * rowsAtOnce, (index + 1) * rowsAtOnce),
		);
		await Promise.all(chunks.map((chunk) => carryOut(deps, chunk)));
		next = page.next;
		if (next !== null && deps.now() >= until) return await deps.dueShards.send([{ slot, shard, after: next }]);
	} while (next !== null);
}

async function carryOut(deps: CheckShardDeps, rows: readonly SlotRow[]): Promise<void> {
	for (const kind of ["release", "again"] as const) {
		const own = rows.flatMap(({ action }) =>
			action.kind === "release" && (action.again ? "again" : "release") === kind ? [action.sendJob] : [],
		);
		await deps.lanes.send(own, kind);
	}
	await deps.reports.send(rows.flatMap(({ action }) => (action.kind === "report" ? [action.reportBatch] : [])));
	const unread = await expireWatched(deps, rows);
	const kept = rows.flatMap((row) => remainingWatch(row, unread));
	await deps.slots.put(kept);
	const keptIds = new Set(kept.map(({ id }) => id));
	await deps.slots.remove(rows.filter(({ id }) => !keptIds.has(id)));
}

/** The row that keeps watching messages which cannot be read now. */
function remainingWatch(row: SlotRow, unread: ReadonlySet<number>): readonly SlotRow[] {
	if (row.action.kind !== "watch") return [];
	const messageIds = row.action.messageIds.filter((id) => unread.has(id));
	return messageIds.length === 0 ? [] : [{ ...row, action: { kind: "watch", messageIds } }];
}

/** Expires watched messages. Returns the ids of those that cannot be read. */
async function expireWatched(deps: CheckShardDeps, rows: readonly SlotRow[]): Promise<ReadonlySet<number>> {
	const ids = rows.flatMap(({ action }) => (action.kind === "watch" ? action.messageIds : []));
	const found = await deps.messages.readEach([...new Set(ids)]);
	const known = [...found.rows.values()];
	const at = deps.now();
	const now = await changeMessages(deps, known, (message) => expired(message, at));
	/* An earlier check may have died between their end and its report. Other reports are queued or confirmed by now. */
	await queueUnconfirmedReports(
		deps,
		known.filter(({ status, errorCode }) => status === "EXPIRED" && (errorCode === "22" || errorCode === "18")),
	);
	return new Set([...found.unreadable, ...missingFrom(known, now)]);
}
