import type { Account } from "../domain/account.ts";
import { type BatchItem, isRefused, type RefusedRequest } from "../domain/batch.ts";
import { TemporaryFault } from "../domain/faults.ts";
import type { Message } from "../domain/message.ts";
import { idSeriesLength, refusedIdOf } from "../domain/message-id.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { Refusal } from "../domain/refusal.ts";
import { refusedMessage } from "../domain/refused-message.ts";
import type { BatchAcceptance, BatchAttempt } from "./batch-attempt.ts";
import { draftMessages, packOfPlace } from "./draft-messages.ts";
import { findClientMessages } from "./find-client-messages.ts";
import { holdInserted } from "./hold-messages.ts";
import { holdKnown, storeMessages } from "./store-messages.ts";

/**
 * Takes every message of a batch: those that may be sent go on their way, the others end at once, each with its code, and
 * are reported (R28, A24). A client_message_id that was used before, in this batch or another, is refused with 23 (A26).
 * @returns their rows, when all of them have a holder.
 */
export async function acceptTolerant(
	gateway: BatchAcceptance,
	account: Account,
	items: readonly BatchItem[],
	birth: BatchAttempt,
): Promise<readonly Message[]> {
	const requests = withoutTwins(items);
	const drafts = await draftMessages(gateway, account, requests, { ...birth, retentionMs: gateway.retentionMs });
	const rows = await rowsOf(gateway, account, requests, drafts, birth.now);
	/* One that carries this batch's id was stored by it, now or in an earlier attempt; so it may be that it would be refused by now. */
	const isOwn = (row: Message | undefined) => row?.batchId === birth.batchId;
	const refusals = drafts.flatMap((draft, index) => {
		const [item, row] = [items[index], rows[index]];
		if (item === undefined || isOwn(row)) return [];
		const refusal = row === undefined && draft instanceof Refusal ? draft : duplicate();
		return [{ index, request: refusedAs(item, refusal) }];
	});
	const refused = await storeRefused(gateway, account.userName, refusals, birth);
	return rows.flatMap((row, index) => (isOwn(row) ? row : refused.get(index)) ?? []);
}

/** The rows that have the items' client_message_ids, now that those which may be sent are stored. Each has a holder. */
async function rowsOf(
	gateway: BatchAcceptance,
	{ userName }: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly (Message | Refusal)[],
	now: number,
): Promise<readonly (Message | undefined)[]> {
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const ids = requests.map((request, index) =>
		request instanceof Refusal || !(drafts[index] instanceof Refusal) ? null : request.clientMessageId,
	);
	const wanted = ids.filter((id) => id !== null);
	const [stored, known] = await Promise.all([
		storeMessages(gateway, sound, now),
		findClientMessages(gateway.messages, gateway.idKey, userName, wanted),
	]);
	const held = await holdKnown(gateway, [...known.values()], now);
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
function withoutTwins(items: readonly BatchItem[]) {
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
	gateway: BatchAcceptance,
	userName: string,
	refused: readonly RefusedPlace[],
	birth: BatchAttempt,
): Promise<ReadonlyMap<number, Message>> {
	const rows = await insertRefused(gateway, userName, refused, birth);
	const [own, earlier] = [true, false].map((isOwn) =>
		[...rows.values()].filter(({ attempt }) => (attempt === birth.attempt) === isOwn),
	);
	const outcomes = await holdInserted(gateway, own ?? [], birth.now);
	if ([...outcomes.values()].some((outcome) => outcome !== "held"))
		throw new TemporaryFault("the reports queue does not take reports");
	await holdKnown(gateway, earlier ?? [], birth.now);
	return rows;
}

/** Stores what is refused under ids of its own, always the same for the same place of the same batch; by that place. */
async function insertRefused(
	gateway: BatchAcceptance,
	userName: string,
	refused: readonly RefusedPlace[],
	birth: BatchAttempt,
	place = 0,
): Promise<ReadonlyMap<number, Message>> {
	if (refused.length === 0) return new Map();
	if (place === idSeriesLength) throw new Error(`no id is free for ${refused.length} refused messages`);
	const rows = refused.map(({ index, request }) =>
		refusedMessage(userName, request, {
			...birth,
			retentionMs: gateway.retentionMs,
			messageId: refusedIdOf(gateway.idKey, birth.batchId, index, place),
			packId: packOfPlace(birth.attempt, index),
		}),
	);
	const outcomes = await gateway.messages.insert(rows);
	const stored = rows.map((row, index) => {
		const outcome = outcomes[index];
		if (outcome?.kind === "inserted") return row;
		return outcome?.by.batchId === birth.batchId ? outcome.by : undefined;
	});
	const collided = refused.filter((_, index) => stored[index] === undefined);
	const moved = await insertRefused(gateway, userName, collided, birth, place + 1);
	const kept = refused.flatMap(({ index }, at) => {
		const row = stored[at];
		return row === undefined ? [] : [[index, row] as const];
	});
	return new Map([...kept, ...moved]);
}
