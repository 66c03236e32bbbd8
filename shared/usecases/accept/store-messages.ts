import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import type { MessageStore } from "../message/message-store.ts";
import type { BatchStore } from "./batch-store.ts";
import { withoutUncommitted } from "./fail-fast-batches.ts";
import { ensureHeld, type HoldInsertedDeps, type HoldOutcome, holdInserted } from "./hold-messages.ts";
import { type InsertDeps, insertMessages, type Placed } from "./insert-messages.ts";

export type StoreDeps = HoldInsertedDeps &
	InsertDeps & {
		readonly messages: Pick<MessageStore, "insert" | "read" | "change" | "undoInsert">;
		readonly batches: Pick<BatchStore, "find" | "replace">;
		readonly newAttempt: () => string;
	};

/**
 * The stored row of a draft. `held`: a holder was acknowledged and no attempt can take the row back, so the client may
 * be answered. Otherwise the queue refused it and the row was taken back, or the outcome is unknown and the row stays.
 */
type Stored = Placed & { readonly held: boolean };

/**
 * Stores each draft, then gives it a holder or takes it back. All messages are accepted this way, except those of
 * fail-fast batches. A draft that this client sent before is a duplicate, and gets a holder too. Results are in the
 * order of the drafts.
 * @throws Error if they could not all be stored. Then none of them is promised.
 */
export async function storeMessages(
	deps: StoreDeps,
	drafts: readonly Message[],
	now: number,
	triesLeft = 3,
): Promise<readonly Stored[]> {
	if (triesLeft === 0) throw new TemporaryFault(`${drafts.length} messages keep being taken back`);
	const placed = await insertMessages(deps, drafts);
	const inserted = placed.filter(({ kind }) => kind === "inserted").map(({ row }) => row);
	const known = placed.filter(({ kind }) => kind === "duplicate").map(({ row }) => row);
	const [insertedOutcomes, knownOutcomes] = await Promise.all([
		holdInserted(deps, inserted, now),
		ensureKnownHeld(deps, known, now).then(
			(outcomes) => ({ outcomes, error: undefined }),
			(error: unknown) => ({ outcomes: undefined, error }),
		),
	]);
	await undoRefused(deps, inserted, insertedOutcomes);
	if (knownOutcomes.outcomes === undefined) throw knownOutcomes.error;
	const outcomes = new Map<number, HoldOutcome | "gone">([...insertedOutcomes, ...knownOutcomes.outcomes]);
	const gone = drafts.filter((_, index) => outcomes.get(placed[index]?.row.messageId ?? 0) === "gone");
	const storedAgain = gone.length === 0 ? [] : [...(await storeMessages(deps, gone, now, triesLeft - 1))];
	return placed.map((one) => {
		const outcome = outcomes.get(one.row.messageId);
		return (outcome === "gone" ? storedAgain.shift() : undefined) ?? { ...one, held: outcome === "held" };
	});
}

/** Makes sure that messages of other requests are held. `gone`: the row is deleted, and no request answers for it. */
export async function ensureKnownHeld(
	deps: Omit<StoreDeps, "idKey" | "counter">,
	rows: readonly Message[],
	now: number,
): Promise<ReadonlyMap<number, "held" | "gone">> {
	const { standing, gone } = await withoutUncommitted(deps, rows, now);
	const outcomes = await ensureHeld(deps, standing, now);
	return new Map([...outcomes, ...gone.map(({ messageId }) => [messageId, "gone"] as const)]);
}

async function undoRefused(
	{ messages }: StoreDeps,
	inserted: readonly Message[],
	outcomes: ReadonlyMap<number, HoldOutcome>,
): Promise<void> {
	const refused = inserted.filter(({ messageId }) => outcomes.get(messageId) === "refused");
	/* A row that stays is promised to no client; a retry finds it and gives it a holder. */
	if (refused.length > 0) await messages.undoInsert(refused).catch(() => undefined);
}
