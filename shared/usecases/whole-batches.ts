import type { Batch } from "../domain/batch.ts";
import { TemporaryFault } from "../domain/faults.ts";
import type { Message } from "../domain/message.ts";
import type { BatchStore, MessageStore } from "../ports.ts";

/**
 * Batches that are taken whole or not at all (R27). Their rows are promised to no client until the batch's own row says `committed`. Rows are taken
 * back only after it says `aborted`, which the commit of any attempt then finds; and each of these writes is made only where the row is still as the
 * attempt read it. A row that is deleted is named with the attempt that wrote it, so that none of a later attempt goes with it.
 */
export type WholeDeps = {
	readonly messages: Pick<MessageStore, "takeBack">;
	readonly batches: Pick<BatchStore, "find" | "replace">;
};

/** From this age on, the attempt that inserted an uncommitted row has ended: no request runs for so long. */
const endedAfterMs = 60_000;

/**
 * Sorts out, of rows that other requests stored, those of whole batches that are not committed.
 * @returns `gone`: rows of a batch that died, which are deleted now.
 * @throws TemporaryFault where such a batch may be committed in a moment.
 */
export async function withoutUncommitted(deps: WholeDeps, rows: readonly Message[], now: number) {
	const open = rows.filter(({ whole, revision }) => whole && revision === 0);
	const gone: Message[] = [];
	for (const [batchId, own] of Map.groupBy(open, ({ batchId: id }) => id ?? 0)) {
		const marker = await deps.batches.find(batchId);
		if (marker?.state === "committed") continue;
		await abortEnded(deps, batchId, marker, own, now);
		gone.push(...own);
	}
	return { standing: rows.filter((row) => !gone.includes(row)), gone };
}

async function abortEnded(
	deps: WholeDeps,
	batchId: number,
	marker: Batch | null,
	own: readonly Message[],
	now: number,
) {
	const [row] = own;
	if (row === undefined) return;
	const isRunning = own.some(({ acceptedAt }) => acceptedAt > now - endedAfterMs);
	if (isRunning) throw new TemporaryFault("another request is taking this message in with its batch");
	const { userName, attempt, acceptedAt, keepUntil } = row;
	const batch: Batch = {
		batchId,
		userName,
		messageIds: [],
		acceptedAt,
		keepUntil,
		whole: true,
		state: "aborted",
		attempt,
	};
	await takeBackWhole(deps, marker, { ...batch, attempt: `${attempt}-aborted` }, own);
}

/**
 * Takes rows of an uncommitted batch back.
 * @param marker the batch's row as it was read.
 * @param aborted what it becomes first, by this attempt.
 * @returns its row as it is now.
 * @throws TemporaryFault where another attempt has changed it since.
 */
export async function takeBackWhole(
	{ messages, batches }: WholeDeps,
	marker: Batch | null,
	aborted: Batch,
	rows: readonly Message[],
): Promise<Batch> {
	const changed = () => new TemporaryFault("another request is taking this batch in");
	if (!(await batches.replace(marker, { ...aborted, state: "aborted" }))) throw changed();
	await messages.takeBack(rows);
	const cleared: Batch = { ...aborted, state: "cleared" };
	if (!(await batches.replace({ ...aborted, state: "aborted" }, cleared))) throw changed();
	return cleared;
}
