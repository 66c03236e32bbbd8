import { type BatchAttempt, type BatchItem, isRefused, type RefusedRequest } from "../../domain/accept/batch.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { refusedMessage } from "../../domain/accept/refused-message.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import { OverLimitRefusal } from "../../domain/limits/over-limit.ts";
import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, refusedIdOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import type { AcceptDeps, AcceptRequestsDeps } from "./accept-messages.ts";
import {
	type Draft,
	draftMessages,
	reportBatchIdAt,
	sendableDrafts,
	withFinalText,
	withRefusals,
} from "./draft-messages.ts";
import { holdInserted } from "./hold-messages.ts";
import { knownMessages } from "./known-messages.ts";
import { ensureKnownHeld, storeMessages } from "./store-messages.ts";
import { withinLimits } from "./within-limits.ts";

/**
 * Accepts every message of a batch. Those that may not be sent end at once with their code, and are reported (R28,
 * A24); a client_message_id that was used before, in this batch or earlier, has code 23 (A26).
 * Messages over a limit of their recipient end with code 88.
 * @returns their rows; all of them have a holder. A refusal if the account has too few messages left: nothing is stored.
 */
export async function acceptTolerant(
	deps: AcceptRequestsDeps,
	account: Account,
	items: readonly BatchItem[],
	batchAttempt: BatchAttempt,
): Promise<readonly Message[] | Refusal> {
	const requests = withoutDuplicates(items);
	const drafts = await draftMessages(deps, account, requests, { ...batchAttempt, retentionMs: deps.retentionMs });
	const limited = await withinLimits(
		deps,
		account,
		{ drafts, findKnown: async (ids) => await knownMessages(deps, account, ids, batchAttempt.now) },
		async (within) => await storeWithin(deps, account, requests, within, batchAttempt.now),
		({ rows }, index) => rows[index]?.attempt === batchAttempt.attempt,
	);
	if (limited.refusal !== null) return limited.refusal;
	const refusals = refusalsOf(items, limited, batchAttempt);
	const refused = await storeRefused(deps, account, refusals, batchAttempt);
	return limited.rows.flatMap((row, index) => (isOf(row, batchAttempt) ? row : refused.get(index)) ?? []);
}

type StoredDrafts = {
	/** Of the whole batch. */
	readonly refusal: Refusal | null;
	readonly drafts: readonly Draft[];
	/** Each item's row, stored now or before, if there is one. */
	readonly rows: readonly (Message | undefined)[];
};

async function storeWithin(
	deps: AcceptDeps,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly Draft[],
	now: number,
): Promise<StoredDrafts> {
	const refusal = drafts.find((draft) => draft instanceof OverLimitRefusal && draft.isOfAccount);
	if (refusal instanceof Refusal) return { refusal, drafts, rows: [] };
	return { refusal: null, drafts, rows: await rowsOf(deps, account, requests, drafts, now) };
}

const isOf = (row: Message | undefined, { batchId }: BatchAttempt) => row?.batchId === batchId;

/** An earlier attempt at this batch may have stored a message that would be refused now: its row counts. */
function refusalsOf(
	items: readonly BatchItem[],
	{ drafts, rows }: StoredDrafts,
	batchAttempt: BatchAttempt,
): readonly IndexedRefusal[] {
	return items.flatMap((item, index) => {
		const [draft, row] = [drafts[index], rows[index]];
		if (isOf(row, batchAttempt)) return [];
		const refusal = row === undefined && draft instanceof Refusal ? draft : duplicate();
		return [{ index, request: refusedAs(item, refusal) }];
	});
}

/** Stores what may be sent. Returns each item's row, stored now or before, if there is one; each has a holder. */
async function rowsOf(
	deps: AcceptDeps,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafts: readonly Draft[],
	now: number,
): Promise<readonly (Message | undefined)[]> {
	const ids = requests.map((request, index) =>
		request instanceof Refusal || !(drafts[index] instanceof Refusal) ? null : request.clientMessageId,
	);
	const [stored, known] = await Promise.all([
		storeMessages(deps, sendableDrafts(drafts), now),
		knownMessages(
			deps,
			account,
			ids.filter((id) => id !== null),
			now,
		),
	]);
	if (stored.some((one) => !one.held)) throw new TemporaryFault("the queues do not take messages");
	return withRefusals(drafts, stored).map((one, index) =>
		one instanceof Refusal ? known.get(ids[index] ?? "") : one.row,
	);
}

export const duplicate = () => new Refusal("23", { field: "client_message_id" });

export function withoutDuplicates(items: readonly BatchItem[]) {
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
				clientAddress: deps.clientAddress ?? null,
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
