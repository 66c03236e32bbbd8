import type { Batch } from "../../domain/accept/batch.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { BatchStore } from "./batch-store.ts";

/**
 * Batches that are taken whole or not at all (R27). Their rows are promised to no client until the batch's own row says `committed`. Rows of another
 * attempt are taken back only after it says `aborted`, which the commit of any attempt then finds; and each of these writes is made only where the row is still as the
 * attempt read it. A row that is deleted is named with the attempt that wrote it, so that none of a later attempt goes with it.
 */
export type FailFastDeps = {
	readonly messages: Pick<MessageStore, "undoInsert">;
	readonly batches: Pick<BatchStore, "find" | "replace">;
	/** A name that nothing has had. */
	readonly newAttempt: () => string;
};

/** From this age on, the attempt that inserted an uncommitted row has ended: no request runs for so long. */
const endedAfterMs = 60_000;

/**
 * Sorts out, of rows that other requests stored, those of whole batches that are not committed.
 * @returns `gone`: rows of a batch that died, which are deleted now.
 * @throws TemporaryFault where such a batch may be committed in a moment.
 */
export async function withoutUncommitted(deps: FailFastDeps, rows: readonly Message[], now: number) {
	const open = rows.filter(({ isFailFast, revision }) => isFailFast && revision === 0);
	const gone: Message[] = [];
	for (const [batchId, own] of Map.groupBy(open, (row) => row.batchId ?? 0)) {
		const marker = await deps.batches.find(batchId);
		if (marker?.state === "committed") continue;
		if (own.some(({ acceptedAt }) => acceptedAt > now - endedAfterMs))
			throw new TemporaryFault("another request is taking this message in with its batch");
		await abortBatch(deps, marker, { ...abortedBy(own), batchId }, own);
		gone.push(...own);
	}
	return { standing: rows.filter((row) => !gone.includes(row)), gone };
}

/** What the row of a batch that died says, by the rows of it that were met. */
function abortedBy([row]: readonly Message[]): Omit<Batch, "batchId" | "attempt" | "state"> {
	const { userName = "", acceptedAt = 0, keepUntil = 0 } = row ?? {};
	return { userName, messageIds: [], acceptedAt, keepUntil, isFailFast: true };
}

/**
 * Takes rows of an uncommitted batch back.
 * @param marker the batch's row as it was read.
 * @returns its row as it is now. Each abort has a name of its own: a commit that is conditional on an earlier one fails.
 * @throws TemporaryFault where another attempt has changed it since.
 */
export async function abortBatch(
	{ messages, batches, newAttempt }: FailFastDeps,
	marker: Batch | null,
	batch: Omit<Batch, "attempt" | "state">,
	rows: readonly Message[],
): Promise<Batch> {
	const aborted: Batch = { ...batch, state: "aborted", attempt: newAttempt() };
	if (!(await batches.replace(marker, aborted))) throw new TemporaryFault("another request is taking this batch in");
	await messages.undoInsert(rows);
	return aborted;
}
