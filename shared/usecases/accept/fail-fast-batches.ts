import type { Batch } from "../../domain/accept/batch.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { BatchStore } from "./batch-store.ts";

/**
 * Rows of a fail-fast batch (R27) are promised to no client until the batch row says `committed`. Rows of another
 * attempt are deleted only after it says `aborted`, which makes the commit of that attempt fail (ADR 0054).
 */
export type FailFastDeps = {
	readonly messages: Pick<MessageStore, "undoInsert">;
	readonly batches: Pick<BatchStore, "find" | "replace">;
	readonly newAttempt: () => string;
};

/** No request runs this long, so the attempt that inserted an uncommitted row of this age has ended. */
const endedAfterMs = 60_000;

/**
 * Separates rows of uncommitted fail-fast batches from other rows, and deletes them if their attempt has ended.
 * @returns `gone`: the deleted rows.
 * @throws TemporaryFault if such a batch may still be committed.
 */
export async function withoutUncommitted(deps: FailFastDeps, rows: readonly Message[], now: number) {
	const open = rows.filter(({ isFailFast, revision }) => isFailFast && revision === 0);
	const gone: Message[] = [];
	for (const [batchId, own] of Map.groupBy(open, (row) => row.batchId ?? 0)) {
		const marker = await deps.batches.find(batchId);
		if (marker?.state === "committed") continue;
		if (own.some(({ acceptedAt }) => acceptedAt > now - endedAfterMs))
			throw new TemporaryFault("another request is accepting this message in a batch");
		await abortBatch(deps, marker, { ...abortedBy(own), batchId }, own);
		gone.push(...own);
	}
	return { standing: rows.filter((row) => !gone.includes(row)), gone };
}

function abortedBy([row]: readonly Message[]): Omit<Batch, "batchId" | "attempt" | "state"> {
	const { userName = "", acceptedAt = 0, keepUntil = 0 } = row ?? {};
	return { userName, messageIds: [], acceptedAt, keepUntil, isFailFast: true };
}

/**
 * Marks an uncommitted batch as aborted, then deletes these rows of it.
 * @param marker the batch row as it was read.
 * @returns the batch row as it is now. Its attempt is unique, so a commit that read an earlier row fails.
 * @throws TemporaryFault if another attempt has changed the row since.
 */
export async function abortBatch(
	{ messages, batches, newAttempt }: FailFastDeps,
	marker: Batch | null,
	batch: Omit<Batch, "attempt" | "state">,
	rows: readonly Message[],
): Promise<Batch> {
	const aborted: Batch = { ...batch, state: "aborted", attempt: newAttempt() };
	if (!(await batches.replace(marker, aborted))) throw new TemporaryFault("another request is accepting this batch");
	await messages.undoInsert(rows);
	return aborted;
}
