import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import { ensureHeld, type HoldDeps } from "../accept/hold-messages.ts";

export type PromiseDeps = HoldDeps & { readonly batches: Pick<BatchStore, "find">; readonly now: Clock };

/**
 * The messages that may be shown to their client. An answer with a message accepts it, so each has a holder when this
 * returns. Messages of uncommitted batches are left out.
 */
export async function promisedMessages(deps: PromiseDeps, rows: readonly Message[]): Promise<readonly Message[]> {
	const unsure = rows.filter(({ revision, isFailFast }) => revision === 0 && isFailFast);
	const batchIds = [...new Set(unsure.map(({ batchId }) => batchId ?? 0))];
	const batches = await Promise.all(batchIds.map(async (batchId) => await deps.batches.find(batchId)));
	const committed = new Set(batches.flatMap((batch) => (batch?.state === "committed" ? batch.batchId : [])));
	const accepted = rows.filter((row) => !unsure.includes(row) || committed.has(row.batchId ?? 0));
	const held = await ensureHeld(deps, accepted, deps.now());
	return accepted.filter(({ messageId }) => held.get(messageId) === "held");
}
