import { type Message, watchHolder } from "../../domain/message/message.ts";
import { isFinal } from "../../domain/message/statuses.ts";
import { watchRows } from "../../domain/schedule/slots.ts";
import { intoSendJobs, type SendJob } from "../../domain/send/send-jobs.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { queueUnconfirmedReports } from "../message/change-messages.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { ReportQueue } from "../reports/report-queue.ts";
import type { SlotStore } from "../schedule/slot-store.ts";

/** An entry that continues for lost ones: it may claim what they hold. */
export type ReplacementEntry = { readonly sendJob: SendJob; readonly formerIds: readonly string[] };

/** Puts replacements of lost entries into the lanes. If it throws, some or all may be queued. */
export type ReplacementLanes = { replace(entries: readonly ReplacementEntry[]): Promise<void> };

export type HoldRestoredDeps = {
	readonly lanes: ReplacementLanes;
	readonly slots: Pick<SlotStore, "put">;
	readonly reports: ReportQueue;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly batches: Pick<BatchStore, "find">;
	/** The stage's own table. */
	readonly messages: Pick<MessageStore, "readEach">;
	/** No task runs, and none will until the restore ends. */
	readonly isStopped: boolean;
};

/**
 * Gives each message of a restored table its holder again: a lane entry if it is to be submitted, else a watch row. Queues
 * the reports that are not confirmed, of messages that ended since `reportedSince`. The rows say which lane entry held a
 * message; the new one replaces it, as for a dead entry (ADR 0087). So this may be repeated, also while tasks send: of
 * two entries, one claims the message. While no task runs, the stage's own row counts too, which may be newer than the
 * restored one.
 * @param rows as restored, not as they are now.
 * @returns the number of messages.
 */
export async function holdRestored(
	deps: HoldRestoredDeps,
	rows: readonly Message[],
	reportedSince: number,
): Promise<number> {
	const promised = await withoutUncommitted(deps, rows);
	const isWaiting = ({ status, holder }: Message) => status === "NEW" && holder !== watchHolder;
	const watched = promised.filter((row) => !(isFinal(row.status) || isWaiting(row)));
	const waiting = promised.filter(isWaiting);
	const ended = promised.filter(({ status, statusAt }) => isFinal(status) && statusAt >= reportedSince);
	await deps.slots.put(watchRows(watched, Math.random));
	await deps.lanes.replace(replacementsFor(waiting, await newerHolders(deps, waiting)));
	await queueUnconfirmedReports(deps, [...watched, ...ended]);
	return watched.length + waiting.length + ended.length;
}

type Holders = ReadonlyMap<number, string | null>;

const holdersIn = (rows: Iterable<Message>): Holders =>
	new Map([...rows].map(({ messageId, holder }) => [messageId, holder]));

async function newerHolders({ messages, isStopped }: HoldRestoredDeps, waiting: readonly Message[]): Promise<Holders> {
	if (!isStopped || waiting.length === 0) return new Map();
	const { rows } = await messages.readEach(waiting.map(({ messageId }) => messageId));
	return holdersIn([...rows.values()].filter(({ holder }) => holder !== watchHolder));
}

function replacementsFor(waiting: readonly Message[], newer: Holders): readonly ReplacementEntry[] {
	const restored = holdersIn(waiting);
	return intoSendJobs(waiting).map((sendJob) => ({
		sendJob,
		formerIds: [...new Set(sendJob.messageIds.flatMap((id) => [restored.get(id) ?? [], newer.get(id) ?? []].flat()))],
	}));
}

/** Leaves out rows of fail-fast batches without a commit: they are promised to no client, and its retry takes them back. */
async function withoutUncommitted({ batches }: HoldRestoredDeps, rows: readonly Message[]) {
	const isOpen = ({ isFailFast, revision }: Message) => isFailFast && revision === 0;
	const batchIds = new Set(rows.filter(isOpen).map(({ batchId }) => batchId ?? 0));
	const states = new Map(
		await Promise.all([...batchIds].map(async (id) => [id, (await batches.find(id))?.state] as const)),
	);
	return rows.filter((row) => !isOpen(row) || states.get(row.batchId ?? 0) === "committed");
}
