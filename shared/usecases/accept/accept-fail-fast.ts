import { type Batch, type BatchAttempt, type BatchItem, committedBatch, isRefused } from "../../domain/accept/batch.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { messageIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import type { AcceptRequestsDeps } from "./accept-messages.ts";
import { type Draft, draftMessages } from "./draft-messages.ts";
import { abortBatch } from "./fail-fast-batches.ts";
import { holdInserted } from "./hold-messages.ts";
import { insertMessages, isSameClientMessage, messageIdFor } from "./insert-messages.ts";
import { ensureKnownHeld } from "./store-messages.ts";
import { withinLimits } from "./within-limits.ts";

export type FailFastOutcome =
	| { readonly kind: "accepted" }
	| { readonly kind: "refused"; readonly refusal: Refusal }
	| { readonly kind: "committed"; readonly batch: Batch };

/** `inserted`: the batch is committed, and its messages have no holder yet. */
type InsertOutcome =
	| Exclude<FailFastOutcome, { kind: "accepted" }>
	| { readonly kind: "inserted"; readonly rows: readonly Message[] };

type State = {
	readonly deps: AcceptRequestsDeps;
	readonly userName: string;
	readonly batchAttempt: BatchAttempt;
	marker: Batch | null;
};

/** Other requests may insert rows between our read and our insert; the attempt then starts again. */
const triesMax = 4;

/**
 * Accepts all messages of a batch, or none (R27): checks them, inserts all rows, commits the batch, and only then
 * queues them. Rows that a dead earlier attempt left are taken back first.
 * @param marker the batch row as it was read: null, or not committed.
 */
export async function acceptFailFast(
	deps: AcceptRequestsDeps,
	account: Account,
	items: readonly BatchItem[],
	batchAttempt: BatchAttempt,
	marker: Batch | null,
): Promise<FailFastOutcome> {
	const state: State = { deps, userName: account.userName, batchAttempt, marker };
	const requests = items.map((item) => (isRefused(item) ? item.refusal : item));
	const draftContext = { ...batchAttempt, isFailFast: true, retentionMs: deps.retentionMs };
	const drafts = await draftMessages(deps, account, requests, draftContext);
	const refusal = firstRefusal(drafts);
	if (refusal !== null) {
		await abortEarlierAttempt(state, items);
		return { kind: "refused", refusal };
	}
	const outcome = await withinLimits(
		deps,
		account,
		{ drafts, findKnown: async () => new Set() },
		async (limited) => await insertWithin(state, items, limited),
		({ kind }) => kind === "inserted",
	);
	if (outcome.kind !== "inserted") return outcome;
	await holdCommitted(state, outcome.rows);
	return { kind: "accepted" };
}

/** Refuses the whole batch if one of its drafts is over a limit. */
async function insertWithin(
	state: State,
	items: readonly BatchItem[],
	drafts: readonly Draft[],
): Promise<InsertOutcome> {
	const refusal = drafts.find((draft) => draft instanceof Refusal);
	if (refusal === undefined) return await insertAndCommit(state, drafts as readonly Message[]);
	await abortEarlierAttempt(state, items);
	return { kind: "refused", refusal };
}

export function firstRefusal(drafts: readonly Draft[]): Refusal | null {
	const bad = drafts.findIndex((draft) => draft instanceof Refusal);
	if (bad >= 0) return ofMessage(drafts[bad] as Refusal, bad);
	const valid = drafts as readonly Message[];
	const conflict = valid.findIndex((draft, index) => valid.findIndex((one) => isSameClientMessage(one, draft)) < index);
	return conflict < 0 ? null : duplicateAt(conflict);
}

/** Inserts all rows or none, and commits. If two batches meet here, one or both take their rows back and answer 503. */
async function insertAndCommit(state: State, drafts: readonly Message[]): Promise<InsertOutcome> {
	for (let tries = 1; tries <= triesMax; tries += 1) {
		const existing = await existingRows(state, drafts);
		if (existing.earlier.length > 0) await undoInsert(state, existing.earlier);
		const tried = existing.conflict === undefined ? await insertAll(state, drafts) : { conflict: existing.conflict };
		if ("rows" in tried) return await commit(state, tried.rows);
		const { row, draft } = tried.conflict;
		if (await isPromised(state, row)) return { kind: "refused", refusal: duplicateAt(drafts.indexOf(draft)) };
	}
	throw new TemporaryFault("other requests keep inserting the same messages");
}

type Conflict = { readonly draft: Message; readonly row: Message };

/** Reads existing rows: the first one of another request, and those of an earlier attempt at this batch. */
async function existingRows({ deps, batchAttempt }: State, drafts: readonly Message[]) {
	const ids = drafts.map((draft) => messageIdFor(deps.idKey, draft, 0));
	const rows = await deps.messages.read(ids);
	const all = drafts.flatMap((draft, index): readonly Conflict[] => {
		const row = rows.get(ids[index] ?? 0);
		return row !== undefined && isSameClientMessage(row, draft) ? [{ draft, row }] : [];
	});
	const earlier = all.filter(({ row }) => row.batchId === batchAttempt.batchId).map(({ row }) => row);
	return { conflict: all.find(({ row }) => row.batchId !== batchAttempt.batchId), earlier };
}

/** Whether the row of another request is promised. Otherwise it is gone, or a late insert of this batch. */
async function isPromised({ deps, batchAttempt }: State, row: Message): Promise<boolean> {
	if (row.batchId === batchAttempt.batchId) return false;
	return (await ensureKnownHeld(deps, [row], batchAttempt.now)).get(row.messageId) === "held";
}

async function insertAll(
	state: State,
	drafts: readonly Message[],
): Promise<{ readonly rows: readonly Message[] } | { readonly conflict: Conflict }> {
	const placed = await insertMessages(state.deps, drafts);
	const late = placed.findIndex(({ kind }) => kind === "duplicate");
	const [draft, row] = [drafts[late], placed[late]?.row];
	if (draft === undefined || row === undefined) return { rows: placed.map((one) => one.row) };
	const inserted = placed.flatMap((one) => (one.kind === "inserted" ? one.row : []));
	if (inserted.length > 0) await undoInsert(state, inserted);
	return { conflict: { draft, row } };
}

async function commit(
	{ deps, userName, batchAttempt, marker }: State,
	rows: readonly Message[],
): Promise<InsertOutcome> {
	const batch = committedBatch(userName, batchAttempt, rows, true);
	if (await deps.batches.replace(marker, batch)) return { kind: "inserted", rows };
	const other = await deps.batches.find(batchAttempt.batchId);
	if (other?.state === "committed") return { kind: "committed", batch: other };
	throw new TemporaryFault("another request is accepting this batch");
}

/** On a fault the batch stays committed: the client's retry is a replay, which gives the messages holders. */
async function holdCommitted({ deps, batchAttempt }: State, rows: readonly Message[]): Promise<void> {
	const outcomes = await holdInserted(deps, rows, batchAttempt.now);
	if (rows.some(({ messageId }) => outcomes.get(messageId) !== "held"))
		throw new TemporaryFault("the queues do not take messages");
}

async function undoInsert(state: State, rows: readonly Message[]): Promise<void> {
	const { deps, userName, batchAttempt, marker } = state;
	state.marker = await abortBatch(deps, marker, committedBatch(userName, batchAttempt, rows, true), rows);
}

/** A refused batch leaves no rows, not even those of an earlier attempt. */
async function abortEarlierAttempt(state: State, items: readonly BatchItem[]): Promise<void> {
	const { deps, userName, batchAttempt } = state;
	const ids = items.flatMap(({ clientMessageId: id }) => (id === null ? [] : messageIdOf(deps.idKey, userName, id, 0)));
	const rows = [...(await deps.messages.read([...new Set(ids)])).values()];
	const earlier = rows.filter(({ batchId, isFailFast }) => isFailFast && batchId === batchAttempt.batchId);
	if (earlier.length > 0) await undoInsert(state, earlier);
}

export const duplicateAt = (index: number) => ofMessage(new Refusal("23", { field: "client_message_id" }), index);

function ofMessage(refusal: Refusal, index: number): Refusal {
	const place = `messages[${index}]`;
	return new Refusal(refusal.code, {
		field: refusal.field === null ? place : `${place}.${refusal.field}`,
		detail: `${place}: ${refusal.message}`,
	});
}
