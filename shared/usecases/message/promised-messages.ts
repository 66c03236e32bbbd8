import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { ensureHeld, type HoldDeps } from "../accept/hold-messages.ts";

export type PromiseDeps = HoldDeps & { readonly batches: Pick<BatchStore, "find">; readonly now: Clock };

/**
 * The messages that may be shown to their client. An answer with a message accepts it, so each has a holder when this
 * returns. Messages of uncommitted fail-fast batches are left out. Those of a committed tolerant batch had holders before
 * it was committed, so nothing is written for them.
 */
export async function promisedMessages(deps: PromiseDeps, rows: readonly Message[]): Promise<readonly Message[]> {
	const unsure = rows.filter(({ revision }) => revision === 0);
	const batchIds = new Set(unsure.flatMap(({ batchId }) => batchId ?? []));
	const batches = await Promise.all([...batchIds].map(async (batchId) => await deps.batches.find(batchId)));
	const committed = new Map(
		batches.flatMap((batch) => (batch?.state === "committed" ? [[batch.batchId, batch] as const] : [])),
	);
	const batchOf = ({ batchId }: Message) => committed.get(batchId ?? 0);
	const isHeld = (row: Message) => !row.isFailFast && batchOf(row)?.messageIds.includes(row.messageId) === true;
	const accepted = rows.filter((row) => row.revision > 0 || !row.isFailFast || batchOf(row) !== undefined);
	const toHold = accepted.filter((row) => !isHeld(row));
	const held = await ensureHeld(deps, toHold, deps.now());
	return accepted.filter((row) => isHeld(row) || held.get(row.messageId) === "held");
}
