import { type Batch, type BatchItem, isRefused } from "../../domain/accept/batch.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { messageIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { type AcceptBatchDeps, type BatchAttempt, batchOf } from "./batch-attempt.ts";
import { draftMessages } from "./draft-messages.ts";
import { abortBatch } from "./fail-fast-batches.ts";
import { holdInserted } from "./hold-messages.ts";
import { insertMessages, isSameClientMessage, messageIdFor } from "./insert-messages.ts";
import { ensureKnownHeld } from "./store-messages.ts";

export type FailFastOutcome =
	| { readonly kind: "accepted" }
	| { readonly kind: "refused"; readonly refusal: Refusal }
	/** Another attempt at this very batch has committed it. */
	| { readonly kind: "committed"; readonly batch: Batch };

type State = {
	readonly gateway: AcceptBatchDeps;
	readonly userName: string;
	readonly batchAttempt: BatchAttempt;
	/** The batch's row as this attempt read it, or wrote it, last. */
	marker: Batch | null;
};

/** Rows of other requests may come between a look and an insert: so often it is begun anew. */
const triesMax = 4;

/**
 * Takes a whole batch or nothing of it (R27). Whatever can be known is looked at before the first row is written. When all rows stand the batch is
 * committed, and only then are they sent. What an earlier attempt left that died before its commit is taken back first.
 * @param marker the batch's row as it was read: null, or one that is not committed.
 */
export async function acceptFailFast(
	gateway: AcceptBatchDeps,
	account: Account,
	items: readonly BatchItem[],
	batchAttempt: BatchAttempt,
	marker: Batch | null,
): Promise<FailFastOutcome> {
	const state: State = { gateway, userName: account.userName, batchAttempt, marker };
	const requests = items.map((item) => (isRefused(item) ? item.refusal : item));
	const draftContext = { ...batchAttempt, isFailFast: true, retentionMs: gateway.retentionMs };
	const drafts = await draftMessages(gateway, account, requests, draftContext);
	const refusal = firstRefusal(drafts);
	if (refusal !== null) {
		await abortEarlierAttempt(state, items);
		return { kind: "refused", refusal };
	}
	return await insertAndCommit(state, drafts as readonly Message[]);
}

function firstRefusal(drafts: readonly (Message | Refusal)[]): Refusal | null {
	const bad = drafts.findIndex((draft) => draft instanceof Refusal);
	if (bad >= 0) return ofMessage(drafts[bad] as Refusal, bad);
	const valid = drafts as readonly Message[];
	const conflict = valid.findIndex((draft, index) => valid.findIndex((one) => isSameClientMessage(one, draft)) < index);
	return conflict < 0 ? null : duplicateAt(conflict);
}

/** Inserts all or none, and commits. Of two batches that meet in the midst of it each takes its rows back, and its client is to try again. */
async function insertAndCommit(state: State, drafts: readonly Message[]): Promise<FailFastOutcome> {
	for (let tries = 1; tries <= triesMax; tries += 1) {
		const existing = await existingRows(state, drafts);
		if (existing.earlier.length > 0) await undoInsert(state, existing.earlier);
		const tried = existing.conflict === undefined ? await insertAll(state, drafts) : { conflict: existing.conflict };
		if ("rows" in tried) return await commit(state, tried.rows);
		const { row, draft } = tried.conflict;
		if (await isPromised(state, row)) return { kind: "refused", refusal: duplicateAt(drafts.indexOf(draft)) };
	}
	throw new TemporaryFault("other requests keep taking the same messages in");
}

/** A message of the batch, and the row that holds its client_message_id already. */
type Conflict = { readonly draft: Message; readonly row: Message };

/** What is there already: rows of other requests, of which the first is named, and what an earlier attempt at this batch left. */
async function existingRows({ gateway, batchAttempt }: State, drafts: readonly Message[]) {
	const ids = drafts.map((draft) => messageIdFor(gateway.idKey, draft, 0));
	const rows = await gateway.messages.read(ids);
	const all = drafts.flatMap((draft, index): readonly Conflict[] => {
		const row = rows.get(ids[index] ?? 0);
		return row !== undefined && isSameClientMessage(row, draft) ? [{ draft, row }] : [];
	});
	const earlier = all.filter(({ row }) => row.batchId === batchAttempt.batchId).map(({ row }) => row);
	return { conflict: all.find(({ row }) => row.batchId !== batchAttempt.batchId), earlier };
}

/** Whether another request's row is promised, so that the client may be told of it; else it is gone, or is this batch's own, which came late. */
async function isPromised({ gateway, batchAttempt }: State, row: Message): Promise<boolean> {
	if (row.batchId === batchAttempt.batchId) return false;
	return (await ensureKnownHeld(gateway, [row], batchAttempt.now)).get(row.messageId) === "held";
}

async function insertAll(
	state: State,
	drafts: readonly Message[],
): Promise<{ readonly rows: readonly Message[] } | { readonly conflict: Conflict }> {
	const placed = await insertMessages(state.gateway, drafts);
	const late = placed.findIndex(({ kind }) => kind === "duplicate");
	const [draft, row] = [drafts[late], placed[late]?.row];
	if (draft === undefined || row === undefined) return { rows: placed.map((one) => one.row) };
	const inserted = placed.flatMap((one) => (one.kind === "inserted" ? one.row : []));
	if (inserted.length > 0) await undoInsert(state, inserted);
	return { conflict: { draft, row } };
}

async function commit(
	{ gateway, userName, batchAttempt, marker }: State,
	rows: readonly Message[],
): Promise<FailFastOutcome> {
	const batch = batchOf(userName, batchAttempt, rows, true);
	if (!(await gateway.batches.replace(marker, batch))) {
		const other = await gateway.batches.find(batchAttempt.batchId);
		if (other?.state === "committed") return { kind: "committed", batch: other };
		throw new TemporaryFault("another request is taking this batch in");
	}
	const outcomes = await holdInserted(gateway, rows, batchAttempt.now);
	/* Committed it stays: the client's retry is a replay, which sees to the holders again. */
	if (rows.some(({ messageId }) => outcomes.get(messageId) !== "held"))
		throw new TemporaryFault("the queues do not take messages");
	return { kind: "accepted" };
}

async function undoInsert(state: State, rows: readonly Message[]): Promise<void> {
	const { gateway, userName, batchAttempt, marker } = state;
	state.marker = await abortBatch(gateway, marker, batchOf(userName, batchAttempt, rows, true), rows);
}

/** A batch that is refused leaves nothing, not even of an earlier attempt at it. */
async function abortEarlierAttempt(state: State, items: readonly BatchItem[]): Promise<void> {
	const { gateway, userName, batchAttempt } = state;
	const ids = items.flatMap(({ clientMessageId: id }) =>
		id === null ? [] : messageIdOf(gateway.idKey, userName, id, 0),
	);
	const rows = [...(await gateway.messages.read([...new Set(ids)])).values()];
	const earlier = rows.filter(({ batchId, isFailFast }) => isFailFast && batchId === batchAttempt.batchId);
	if (earlier.length > 0) await undoInsert(state, earlier);
}

const duplicateAt = (index: number) => ofMessage(new Refusal("23", { field: "client_message_id" }), index);

/** A refusal of one message as the whole batch's: it says which message. */
function ofMessage(refusal: Refusal, index: number): Refusal {
	const place = `messages[${index}]`;
	return new Refusal(refusal.code, {
		field: refusal.field === null ? place : `${place}.${refusal.field}`,
		detail: `${place}: ${refusal.message}`,
	});
}
