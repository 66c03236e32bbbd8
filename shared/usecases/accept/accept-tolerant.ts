import { type BatchAttempt, type BatchItem, isRefused, type RefusedRequest } from "../../domain/accept/batch.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { refusedMessage } from "../../domain/accept/refused-message.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, refusedIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { findClientMessages } from "../message/find-client-messages.ts";
import type { AcceptDeps } from "./accept-messages.ts";
import {
	type Draft,
	draftMessages,
	reportBatchIdAt,
	sendableDrafts,
	withFinalText,
	withRefusals,
} from "./draft-messages.ts";
import { holdInserted } from "./hold-messages.ts";
import { ensureKnownHeld, storeMessages } from "./store-messages.ts";

/**
 * Accepts every message of a batch. Those that may not be sent end at once with their code, and are reported (R28,
 * A24); a client_message_id that was used before, in this batch or earlier, has code 23 (A26).
 * @returns their rows. All of them have a holder.
 */
export async function acceptTolerant(
	deps: AcceptDeps,
	account: Account,
	items: readonly BatchItem[],
	batchAttempt: BatchAttempt,
): Promise<readonly Message[]> {
	const requests = withoutDuplicates(items);
	const drafts = await draftMessages(deps, account, requests, { ...batchAttempt, retentionMs: deps.retentionMs });
	const rows = await rowsOf(deps, account, requests, drafts, batchAttempt.now);
	/* An earlier attempt at this batch may have stored a message that would be refused now: its row counts. */
	const isOwn = (row: Message | undefined) => row?.batchId === batchAttempt.batchId;
	const refusals = drafts.flatMap((draft, index) => {
		const [item, row] = [items[index], rows[index]];
		if (item === undefined || isOwn(row)) return [];
		const refusal = row === undefined && draft instanceof Refusal ? draft : duplicate();
		return [{ index, request: refusedAs(item, refusal) }];
	});
	const refused = await storeRefused(deps, account, refusals, batchAttempt);
	return rows.flatMap((row, index) => (isOwn(row) ? row : refused.get(index)) ?? []);
}

/** Stores what may be sent. Returns each item's row, stored now or before, if there is one; each has a holder. */
async function rowsOf(
	deps: AcceptDeps,
	{ userName }: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly Draft[],
	now: number,
): Promise<readonly (Message | undefined)[]> {
	const ids = requests.map((request, index) =>
		request instanceof Refusal || !(drafts[index] instanceof Refusal) ? null : request.clientMessageId,
	);
	const wanted = ids.filter((id) => id !== null);
	const [stored, known] = await Promise.all([
		storeMessages(deps, sendableDrafts(drafts), now),
		findClientMessages(deps.messages, deps.idKey, userName, wanted),
	]);
	const held = await ensureKnownHeld(deps, [...known.values()], now);
	if (stored.some((one) => !one.held)) throw new TemporaryFault("the queues do not take messages");
	return withRefusals(drafts, stored).map((one, index) => {
		if (!(one instanceof Refusal)) return one.row;
		const row = known.get(ids[index] ?? "");
		return row !== undefined && held.get(row.messageId) === "held" ? row : undefined;
	});
}

const duplicate = () => new Refusal("23", { field: "client_message_id" });

function withoutDuplicates(items: readonly BatchItem[]) {
	const seen = new Set<string>();
	return items.map((item) => {
		if (isRefused(item)) return item.refusal;
		if (seen.has(item.clientMessageId)) return duplicate();
		seen.add(item.clientMessageId);
		return item;
	});
}

function refusedAs(item: BatchItem, refusal: Refusal): RefusedRequest {
	return isRefused(item) ? { ...item, refusal } : { ...item, refusal, unreadFields: [] };
}

type IndexedRefusal = { readonly index: number; readonly request: RefusedRequest };

async function storeRefused(
	deps: AcceptDeps,
	account: Account,
	refused: readonly IndexedRefusal[],
	batchAttempt: BatchAttempt,
): Promise<ReadonlyMap<number, Message>> {
	const rows = await insertRefused(deps, account, refused, batchAttempt);
	const [own, earlier] = [true, false].map((isOwn) =>
		[...rows.values()].filter(({ attempt }) => (attempt === batchAttempt.attempt) === isOwn),
	);
	const outcomes = await holdInserted(deps, own ?? [], batchAttempt.now);
	if ([...outcomes.values()].some((outcome) => outcome !== "held"))
		throw new TemporaryFault("the reports queue does not take reports");
	await ensureKnownHeld(deps, earlier ?? [], batchAttempt.now);
	return rows;
}

/** Inserts refused messages under ids derived from the batch and their index, so a retry finds the same rows. */
async function insertRefused(
	deps: AcceptDeps,
	account: Account,
	refused: readonly IndexedRefusal[],
	batchAttempt: BatchAttempt,
	place = 0,
): Promise<ReadonlyMap<number, Message>> {
	if (refused.length === 0) return new Map();
	if (place === idSeriesLength) throw new Error(`no id is free for ${refused.length} refused messages`);
	const rows = refused.map(({ index, request }) =>
		withFinalText(
			deps,
			account,
			refusedMessage(account, request, {
				...batchAttempt,
				retentionMs: deps.retentionMs,
				messageId: refusedIdOf(deps.idKey, batchAttempt.batchId, index, place),
				reportBatchId: reportBatchIdAt(batchAttempt.attempt, index),
			}),
		),
	);
	const outcomes = await deps.messages.insert(rows);
	const stored = rows.map((row, index) => {
		const outcome = outcomes[index];
		if (outcome?.kind === "inserted") return row;
		return outcome?.by.batchId === batchAttempt.batchId ? outcome.by : undefined;
	});
	const collided = refused.filter((_, index) => stored[index] === undefined);
	const moved = await insertRefused(deps, account, collided, batchAttempt, place + 1);
	const kept = refused.flatMap(({ index }, at) => {
		const row = stored[at];
		return row === undefined ? [] : [[index, row] as const];
	});
	return new Map([...kept, ...moved]);
}
