import type { Account } from "../domain/account.ts";
import { type Batch, type BatchItem, isRefused } from "../domain/batch.ts";
import { TemporaryFault } from "../domain/faults.ts";
import type { Message } from "../domain/message.ts";
import { messageIdOf } from "../domain/message-id.ts";
import { Refusal } from "../domain/refusal.ts";
import { type BatchAcceptance, type BatchAttempt, batchOf } from "./batch-attempt.ts";
import { draftMessages } from "./draft-messages.ts";
import { holdInserted } from "./hold-messages.ts";
import { idOf, insertMessages, isSame } from "./insert-messages.ts";
import { holdKnown } from "./store-messages.ts";
import { takeBackWhole } from "./whole-batches.ts";

export type WholeOutcome =
	| { readonly kind: "accepted" }
	| { readonly kind: "refused"; readonly refusal: Refusal }
	/** Another attempt at this very batch has committed it. */
	| { readonly kind: "committed"; readonly batch: Batch };

type State = {
	readonly gateway: BatchAcceptance;
	readonly userName: string;
	readonly birth: BatchAttempt;
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
	gateway: BatchAcceptance,
	account: Account,
	items: readonly BatchItem[],
	birth: BatchAttempt,
	marker: Batch | null,
): Promise<WholeOutcome> {
	const state: State = { gateway, userName: account.userName, birth, marker };
	const requests = items.map((item) => (isRefused(item) ? item.refusal : item));
	const drafting = { ...birth, whole: true, retentionMs: gateway.retentionMs };
	const drafts = await draftMessages(gateway, account, requests, drafting);
	const refusal = firstRefusal(drafts);
	if (refusal !== null) {
		await takeBackEarlier(state, items);
		return { kind: "refused", refusal };
	}
	return await takeWhole(state, drafts as readonly Message[]);
}

function firstRefusal(drafts: readonly (Message | Refusal)[]): Refusal | null {
	const bad = drafts.findIndex((draft) => draft instanceof Refusal);
	if (bad >= 0) return ofMessage(drafts[bad] as Refusal, bad);
	const sound = drafts as readonly Message[];
	const twin = sound.findIndex((draft, index) => sound.findIndex((one) => isSame(one, draft)) < index);
	return twin < 0 ? null : duplicateAt(twin);
}

/** Inserts all or none, and commits. Of two batches that meet in the midst of it each takes its rows back, and its client is to try again. */
async function takeWhole(state: State, drafts: readonly Message[]): Promise<WholeOutcome> {
	for (let tries = 1; tries <= triesMax; tries += 1) {
		const met = await rowsMet(state, drafts);
		if (met.earlier.length > 0) await takeBack(state, met.earlier);
		const tried = met.twin === undefined ? await insertAll(state, drafts) : { twin: met.twin };
		if ("rows" in tried) return await commit(state, tried.rows);
		const { row, draft } = tried.twin;
		if (await isPromised(state, row)) return { kind: "refused", refusal: duplicateAt(drafts.indexOf(draft)) };
	}
	throw new TemporaryFault("other requests keep taking the same messages in");
}

/** A message of the batch, and the row that holds its client_message_id already. */
type Twin = { readonly draft: Message; readonly row: Message };

/** What is there already: rows of other requests, of which the first is named, and what an earlier attempt at this batch left. */
async function rowsMet({ gateway, birth }: State, drafts: readonly Message[]) {
	const ids = drafts.map((draft) => idOf(gateway.idKey, draft, 0));
	const rows = await gateway.messages.read(ids);
	const all = drafts.flatMap((draft, index): readonly Twin[] => {
		const row = rows.get(ids[index] ?? 0);
		return row !== undefined && isSame(row, draft) ? [{ draft, row }] : [];
	});
	const earlier = all.filter(({ row }) => row.batchId === birth.batchId).map(({ row }) => row);
	return { twin: all.find(({ row }) => row.batchId !== birth.batchId), earlier };
}

/** Whether another request's row is promised, so that the client may be told of it; else it is gone, or is this batch's own, which came late. */
async function isPromised({ gateway, birth }: State, row: Message): Promise<boolean> {
	if (row.batchId === birth.batchId) return false;
	return (await holdKnown(gateway, [row], birth.now)).get(row.messageId) === "held";
}

async function insertAll(
	state: State,
	drafts: readonly Message[],
): Promise<{ readonly rows: readonly Message[] } | { readonly twin: Twin }> {
	const placed = await insertMessages(state.gateway, drafts);
	const late = placed.findIndex(({ kind }) => kind === "duplicate");
	const [draft, row] = [drafts[late], placed[late]?.row];
	if (draft === undefined || row === undefined) return { rows: placed.map((one) => one.row) };
	const inserted = placed.flatMap((one) => (one.kind === "inserted" ? one.row : []));
	if (inserted.length > 0) await takeBack(state, inserted);
	return { twin: { draft, row } };
}

async function commit({ gateway, userName, birth, marker }: State, rows: readonly Message[]): Promise<WholeOutcome> {
	const batch = batchOf(userName, birth, rows, true);
	if (!(await gateway.batches.replace(marker, batch))) {
		const other = await gateway.batches.find(birth.batchId);
		if (other?.state === "committed") return { kind: "committed", batch: other };
		throw new TemporaryFault("another request is taking this batch in");
	}
	const outcomes = await holdInserted(gateway, rows, birth.now);
	/* Committed it stays: the client's retry is a replay, which sees to the holders again. */
	if (rows.some(({ messageId }) => outcomes.get(messageId) !== "held"))
		throw new TemporaryFault("the queues do not take messages");
	return { kind: "accepted" };
}

async function takeBack(state: State, rows: readonly Message[]): Promise<void> {
	const { gateway, userName, birth, marker } = state;
	state.marker = await takeBackWhole(gateway, marker, batchOf(userName, birth, rows, true), rows);
}

/** A batch that is refused leaves nothing, not even of an earlier attempt at it. */
async function takeBackEarlier(state: State, items: readonly BatchItem[]): Promise<void> {
	const { gateway, userName, birth } = state;
	const ids = items.flatMap(({ clientMessageId: id }) =>
		id === null ? [] : messageIdOf(gateway.idKey, userName, id, 0),
	);
	const rows = [...(await gateway.messages.read([...new Set(ids)])).values()];
	const earlier = rows.filter(({ batchId, whole }) => whole && batchId === birth.batchId);
	if (earlier.length > 0) await takeBack(state, earlier);
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
