import type { Account } from "../domain/account.ts";
import { type BatchItem, isRefused } from "../domain/batch.ts";
import type { Message } from "../domain/message.ts";
import { messageIdOf } from "../domain/message-id.ts";
import { Refusal } from "../domain/refusal.ts";
import type { BatchAcceptance, BatchBirth } from "./accept-batch.ts";
import { dispatchMessages } from "./dispatch-messages.ts";
import { draftMessages } from "./draft-messages.ts";
import { deadAfterMs, idOf, insertMessages, isSame, type Placed } from "./insert-messages.ts";

type Taken = { readonly rows: readonly Message[] } | { readonly refusal: Refusal };

/** How often, and how long between, a batch that has the right of way waits for another to take its rows back. */
const triesMax = 5;
const pauseMs = 100;

/**
 * Takes a whole batch or nothing of it (R27). Whatever can be known is looked at before the first row is written; a duplicate
 * that shows later has this request's own rows taken back. Nothing is dispatched before all of it stands. What an earlier try left that
 * died is finished if all of it stood, for some may be on its way already, and else taken back: nobody would send those rows, nor end them.
 */
export async function acceptFailFast(
	gateway: BatchAcceptance,
	account: Account,
	items: readonly BatchItem[],
	birth: BatchBirth,
): Promise<Taken> {
	const taken = await takeWhole(gateway, account, items, birth);
	if ("rows" in taken) return taken;
	return (await finishEarlier(gateway, account, items, birth)) ?? taken;
}

async function takeWhole(
	gateway: BatchAcceptance,
	account: Account,
	items: readonly BatchItem[],
	birth: BatchBirth,
): Promise<Taken> {
	const requests = items.map((item) => (isRefused(item) ? item.refusal : item));
	const drafts = await draftMessages(gateway, account, requests, { ...birth, retentionMs: gateway.retentionMs });
	const bad = drafts.findIndex((draft) => draft instanceof Refusal);
	if (bad >= 0) return { refusal: ofMessage(drafts[bad] as Refusal, bad) };
	const sound = drafts as readonly Message[];
	const twin = sound.findIndex((draft, index) => sound.findIndex((one) => isSame(one, draft)) < index);
	if (twin >= 0) return { refusal: duplicateAt(twin) };
	const tried = await insertWhole(gateway, sound, birth);
	if ("twin" in tried) return { refusal: duplicateAt(sound.indexOf(tried.twin.draft)) };
	await dispatchMessages(gateway, tried.rows, birth.now);
	return { rows: tried.rows };
}

/** A message of the batch, and the row that holds its client_message_id already. */
type Twin = { readonly draft: Message; readonly row: Message };
type Tried = { readonly rows: readonly Message[] } | { readonly twin: Twin };

/**
 * Inserts all or none. Of two batches that meet in the midst of it, the one with the smaller id has the right of way: the other takes
 * its rows back, and this one waits for that. So never do both fail for each other's sake.
 */
async function insertWhole(gateway: BatchAcceptance, drafts: readonly Message[], birth: BatchBirth): Promise<Tried> {
	for (let tries = 1; ; tries += 1) {
		const twin = await knownTwin(gateway, drafts, birth);
		const tried: Tried = twin === undefined ? await insertOrTakeBack(gateway, drafts, birth) : { twin };
		if ("rows" in tried || tries === triesMax || !mayGiveWay(tried.twin.row, birth)) return tried;
		await gateway.pause(pauseMs * tries);
	}
}

/** Whether a row is another batch's that may be about to take it back for ours. */
function mayGiveWay({ status, batchId, acceptedAt }: Message, birth: BatchBirth): boolean {
	const isRacing = Math.abs(birth.now - acceptedAt) < deadAfterMs;
	return status === "NEW" && batchId !== null && birth.batchId < batchId && isRacing;
}

/** The first message whose client_message_id is somebody else's already. Rows of this batch are its own, of an earlier try. */
async function knownTwin(gateway: BatchAcceptance, drafts: readonly Message[], birth: BatchBirth) {
	const ids = drafts.map((draft) => idOf(gateway.idKey, draft, 0));
	const rows = await gateway.messages.read(ids);
	const twins = drafts.map((draft, index) => ({ draft, row: rows.get(ids[index] ?? 0) }));
	return twins.find((twin): twin is Twin => twin.row !== undefined && isTwin(twin.row, twin.draft, birth));
}

function isTwin(row: Message, draft: Message, { batchId }: BatchBirth): boolean {
	return isSame(row, draft) && row.batchId !== batchId;
}

async function insertOrTakeBack(
	gateway: BatchAcceptance,
	drafts: readonly Message[],
	birth: BatchBirth,
): Promise<Tried> {
	const placed = await insertMessages(gateway, drafts);
	const late = placed.findIndex(({ row, kind }) => kind === "duplicate" && row.batchId !== birth.batchId);
	const [draft, row] = [drafts[late], placed[late]?.row];
	if (draft === undefined || row === undefined) return { rows: placed.map((one) => one.row) };
	await gateway.messages.takeBack(insertedNow(placed));
	return { twin: { draft, row } };
}

/** Undefined where no earlier try had come so far that all of it stood. */
async function finishEarlier(
	gateway: BatchAcceptance,
	{ userName }: Account,
	items: readonly BatchItem[],
	{ batchId, now }: BatchBirth,
): Promise<Taken | undefined> {
	const { messages, idKey } = gateway;
	const ids = items.flatMap(({ clientMessageId: id }) => (id === null ? [] : messageIdOf(idKey, userName, id, 0)));
	const wanted = [...new Set(ids)];
	const known = await messages.read(wanted);
	const rows = wanted.flatMap((id) => known.get(id) ?? []);
	const left = rows.filter((row) => row.batchId === batchId && row.acceptedAt < now - deadAfterMs);
	if (left.length === items.length) {
		await dispatchMessages(gateway, left, now);
		return { rows: left };
	}
	if (left.length > 0) await messages.takeBack(left);
	return undefined;
}

const insertedNow = (placed: readonly Placed[]) =>
	placed.filter(({ kind }) => kind === "inserted").map(({ row }) => row);

const duplicateAt = (index: number) => ofMessage(new Refusal("23", { field: "client_message_id" }), index);

/** A refusal of one message as the whole batch's: it says which message. */
function ofMessage(refusal: Refusal, index: number): Refusal {
	const place = `messages[${index}]`;
	return new Refusal(refusal.code, {
		field: refusal.field === null ? place : `${place}.${refusal.field}`,
		detail: `${place}: ${refusal.message}`,
	});
}
