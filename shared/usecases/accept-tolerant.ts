import type { Account } from "../domain/account.ts";
import { type BatchItem, isRefused, type RefusedRequest } from "../domain/batch.ts";
import type { Message } from "../domain/message.ts";
import { idSeriesLength, refusedIdOf } from "../domain/message-id.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { Refusal } from "../domain/refusal.ts";
import { refusedMessage } from "../domain/refused-message.ts";
import type { BatchAcceptance, BatchBirth } from "./accept-batch.ts";
import { dispatchMessages } from "./dispatch-messages.ts";
import { draftMessages, packOfPlace } from "./draft-messages.ts";
import { findClientMessages } from "./find-client-messages.ts";
import { insertMessages } from "./insert-messages.ts";

/**
 * Takes every message of a batch: those that may be sent go on their way, the others end at once, each with its code, and
 * are reported (R28, A24). A client_message_id that was used before, in this batch or another, is refused with 23 (A26).
 */
export async function acceptTolerant(
	gateway: BatchAcceptance,
	account: Account,
	items: readonly BatchItem[],
	birth: BatchBirth,
): Promise<{ readonly rows: readonly Message[] }> {
	const requests = withoutTwins(items);
	const drafts = await draftMessages(gateway, account, requests, { ...birth, retentionMs: gateway.retentionMs });
	const holders = await rowsOf(gateway, account, requests, drafts);
	const isOwn = (row: Message | undefined) => row?.batchId === birth.batchId;
	const refusals = drafts.flatMap((draft, index) => {
		const [item, holder] = [items[index], holders[index]];
		if (item === undefined || isOwn(holder)) return [];
		const refusal = holder === undefined && draft instanceof Refusal ? draft : duplicate();
		return [{ index, request: refusedAs(item, refusal) }];
	});
	const refused = await insertRefused(gateway, account.userName, refusals, birth);
	const places = holders.map((holder, index) => (isOwn(holder) ? holder : refused.get(index)));
	const rows = places.filter((row) => row !== undefined);
	await dispatchMessages(gateway, rows, birth.now);
	return { rows };
}

/**
 * The rows that hold the items' client_message_ids, now that those which may be sent are inserted. One that carries this batch's id is no
 * twin: an earlier try of this very batch inserted it, and so it may be that it is refused by now.
 */
async function rowsOf(
	gateway: BatchAcceptance,
	{ userName }: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly (Message | Refusal)[],
): Promise<readonly (Message | undefined)[]> {
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const ids = requests.map((request, index) =>
		request instanceof Refusal || !(drafts[index] instanceof Refusal) ? null : request.clientMessageId,
	);
	const [placed, known] = await Promise.all([
		insertMessages(gateway, sound),
		findClientMessages(
			gateway.messages,
			gateway.idKey,
			userName,
			ids.filter((id) => id !== null),
		),
	]);
	const places = new Map(sound.map((draft, index) => [draft, placed[index]?.row]));
	return drafts.map((draft, index) => (draft instanceof Refusal ? known.get(ids[index] ?? "") : places.get(draft)));
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

/** Stores what is refused under ids of its own, always the same for the same place of the same batch; by that place. */
async function insertRefused(
	gateway: BatchAcceptance,
	userName: string,
	refused: readonly RefusedPlace[],
	birth: BatchBirth,
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
