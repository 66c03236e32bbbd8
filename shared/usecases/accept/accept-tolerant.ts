import { type BatchItem, isRefused, type RefusedRequest } from "../../domain/accept/batch.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { refusedMessage } from "../../domain/accept/refused-message.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, refusedIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { findClientMessages } from "../message/find-client-messages.ts";
import type { AcceptBatchDeps, BatchAttempt } from "./batch-attempt.ts";
import { draftMessages, reportBatchIdAt } from "./draft-messages.ts";
import { holdInserted } from "./hold-messages.ts";
import { ensureKnownHeld, storeMessages } from "./store-messages.ts";

/**
 * Takes every message of a batch: those that may be sent go on their way, the others end at once, each with its code, and
 * are reported (R28, A24). A client_message_id that was used before, in this batch or another, is refused with 23 (A26).
 * @returns their rows, when all of them have a holder.
 */
export async function acceptTolerant(
	gateway: AcceptBatchDeps,
	account: Account,
	items: readonly BatchItem[],
	batchAttempt: BatchAttempt,
): Promise<readonly Message[]> {
	const requests = withoutDuplicates(items);
	const drafts = await draftMessages(gateway, account, requests, { ...batchAttempt, retentionMs: gateway.retentionMs });
	const rows = await rowsOf(gateway, account, requests, drafts, batchAttempt.now);
	/* One that carries this batch's id was stored by it, now or in an earlier attempt; so it may be that it would be refused by now. */
	const isOwn = (row: Message | undefined) => row?.batchId === batchAttempt.batchId;
	const refusals = drafts.flatMap((draft, index) => {
		const [item, row] = [items[index], rows[index]];
		if (item === undefined || isOwn(row)) return [];
		const refusal = row === undefined && draft instanceof Refusal ? draft : duplicate();
		return [{ index, request: refusedAs(item, refusal) }];
	});
	const refused = await storeRefused(gateway, account.userName, refusals, batchAttempt);
	return rows.flatMap((row, index) => (isOwn(row) ? row : refused.get(index)) ?? []);
}

/** The rows that have the items' client_message_ids, now that those which may be sent are stored. Each has a holder. */
async function rowsOf(
	gateway: AcceptBatchDeps,
	{ userName }: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly (Message | Refusal)[],
	now: number,
): Promise<readonly (Message | undefined)[]> {
	const valid = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const ids = requests.map((request, index) =>
		request instanceof Refusal || !(drafts[index] instanceof Refusal) ? null : request.clientMessageId,
	);
	const wanted = ids.filter((id) => id !== null);
	const [stored, known] = await Promise.all([
		storeMessages(gateway, valid, now),
		findClientMessages(gateway.messages, gateway.idKey, userName, wanted),
	]);
	const held = await ensureKnownHeld(gateway, [...known.values()], now);
	if (stored.some((one) => !one.held)) throw new TemporaryFault("the queues do not take messages");
	const left = [...stored];
	return drafts.map((draft, index) => {
		if (!(draft instanceof Refusal)) return left.shift()?.row;
		const row = known.get(ids[index] ?? "");
		return row !== undefined && held.get(row.messageId) === "held" ? row : undefined;
	});
}

const duplicate = () => new Refusal("23", { field: "client_message_id" });

/** The items, of which those that repeat a client_message_id of this batch are refused: the first counts. */
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
	const { clientMessageId, recipient, sender, text } = item;
	return { refusal, clientMessageId, recipient, sender, text };
}

type RefusedPlace = { readonly index: number; readonly request: RefusedRequest };

/** Stores what is refused, and has it reported; the rows by their place. */
async function storeRefused(
	gateway: AcceptBatchDeps,
	userName: string,
	refused: readonly RefusedPlace[],
	batchAttempt: BatchAttempt,
): Promise<ReadonlyMap<number, Message>> {
	const rows = await insertRefused(gateway, userName, refused, batchAttempt);
	const [own, earlier] = [true, false].map((isOwn) =>
		[...rows.values()].filter(({ attempt }) => (attempt === batchAttempt.attempt) === isOwn),
	);
	const outcomes = await holdInserted(gateway, own ?? [], batchAttempt.now);
	if ([...outcomes.values()].some((outcome) => outcome !== "held"))
		throw new TemporaryFault("the reports queue does not take reports");
	await ensureKnownHeld(gateway, earlier ?? [], batchAttempt.now);
	return rows;
}

/** Stores what is refused under ids of its own, always the same for the same place of the same batch; by that place. */
async function insertRefused(
	gateway: AcceptBatchDeps,
	userName: string,
	refused: readonly RefusedPlace[],
	batchAttempt: BatchAttempt,
	place = 0,
): Promise<ReadonlyMap<number, Message>> {
	if (refused.length === 0) return new Map();
	if (place === idSeriesLength) throw new Error(`no id is free for ${refused.length} refused messages`);
	const rows = refused.map(({ index, request }) =>
		refusedMessage(userName, request, {
			...batchAttempt,
			retentionMs: gateway.retentionMs,
			messageId: refusedIdOf(gateway.idKey, batchAttempt.batchId, index, place),
			reportBatchId: reportBatchIdAt(batchAttempt.attempt, index),
		}),
	);
	const outcomes = await gateway.messages.insert(rows);
	const stored = rows.map((row, index) => {
		const outcome = outcomes[index];
		if (outcome?.kind === "inserted") return row;
		return outcome?.by.batchId === batchAttempt.batchId ? outcome.by : undefined;
	});
	const collided = refused.filter((_, index) => stored[index] === undefined);
	const moved = await insertRefused(gateway, userName, collided, batchAttempt, place + 1);
	const kept = refused.flatMap(({ index }, at) => {
		const row = stored[at];
		return row === undefined ? [] : [[index, row] as const];
	});
	return new Map([...kept, ...moved]);
}
