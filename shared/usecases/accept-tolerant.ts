import type { Account } from "../domain/account.ts";
import { type BatchItem, isRefused, type RefusedRequest } from "../domain/batch.ts";
import type { Message } from "../domain/message.ts";
import { idSeriesLength, refusedIdOf } from "../domain/message-id.ts";
import { Refusal } from "../domain/refusal.ts";
import { refusedMessage } from "../domain/refused-message.ts";
import type { BatchAcceptance, BatchBirth } from "./accept-batch.ts";
import { dispatchMessages } from "./dispatch-messages.ts";
import { draftMessages, packOfPlace } from "./draft-messages.ts";
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
): Promise<{ readonly messageIds: readonly number[] }> {
	const drafting = { ...birth, retentionMs: gateway.retentionMs };
	const drafts = await draftMessages(gateway, account, withoutTwins(items), drafting);
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const placed = await insertMessages(gateway, sound);
	/* A duplicate that carries this batch's id is no twin: an earlier try of this very batch inserted it. */
	const own = new Map(
		sound.map((draft, index) => {
			const row = placed[index]?.row;
			const isOwn = placed[index]?.kind === "inserted" || row?.batchId === birth.batchId;
			return [draft, isOwn ? row : undefined];
		}),
	);
	const refusals = drafts.flatMap((draft, index) => {
		const refusal = draft instanceof Refusal ? draft : own.get(draft) === undefined ? duplicate() : null;
		const item = items[index];
		return refusal === null || item === undefined ? [] : [{ index, request: refusedAs(item, refusal) }];
	});
	const refused = await insertRefused(gateway, account.userName, refusals, birth);
	const rows = drafts.map(
		(draft, index) => (draft instanceof Refusal ? undefined : own.get(draft)) ?? refused.get(index),
	);
	const whole = rows.filter((row) => row !== undefined);
	await dispatchMessages(gateway, whole, birth.now);
	return { messageIds: whole.map(({ messageId }) => messageId) };
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
