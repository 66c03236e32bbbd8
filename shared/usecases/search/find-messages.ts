import type { Message } from "../../domain/message/message.ts";
import { idSeriesLength, messageIdOf } from "../../domain/message/message-id.ts";
import { operators } from "../../domain/message/operators.ts";
import { smscRef } from "../../domain/receipts/smsc-ref.ts";
import { accessPathOf, hasFilter, isWanted, type MessageCriteria } from "../../domain/search/message-criteria.ts";
import { type EntryPage, mergedPages, placeOf } from "../../domain/search/search-entry.ts";
import type { BatchStore } from "../accept/batch-store.ts";
import type { MessageStore } from "../message/message-store.ts";
import { confirmedReports } from "../reports/confirmed-reports.ts";
import type { ReportBatchStore } from "../reports/report-batch-store.ts";
import type { SubmissionStore } from "../send/submission-store.ts";
import type { SearchIndex } from "./search-index.ts";

export type FindMessagesDeps = {
	readonly messages: Pick<MessageStore, "readEach">;
	readonly reportBatches: Pick<ReportBatchStore, "confirmed">;
	readonly batches: Pick<BatchStore, "find">;
	readonly submissions: Pick<SubmissionStore, "find"> | null;
	/** Null: the stage has none. */
	readonly index: SearchIndex | null;
	/** By which client_message_ids become message ids. */
	readonly idKey: string;
	/** The rows that may be shown; by default all. */
	readonly promised?: (rows: readonly Message[]) => Promise<readonly Message[]>;
};

/** @property after where the page before ended; null: the first page. */
export type PageWanted = { readonly limit: number; readonly after: string | null };

export type FoundMessage = { readonly message: Message; readonly informed: boolean };

export type FindMessagesOutcome =
	/** `next`: where the next page begins; null: it was the last. A page may have fewer messages than its limit. */
	| { readonly kind: "found"; readonly messages: readonly FoundMessage[]; readonly next: string | null }
	/** No criterion leads to few messages. */
	| { readonly kind: "unbounded" }
	/** The stage does not keep the index that this search needs. */
	| { readonly kind: "no_index" }
	/** More accounts have sent to this number than one search can merge. */
	| { readonly kind: "many_accounts" };

/**
 * Keys of one page, and so its messages and its report batches too: with `accountsMax`, a page reads 190 items at most. A
 * client's page reads the batches of messages at revision 0 as well.
 */
export const pageKeysMax = 50;
export const accountsMax = 40;

/** What may be in a page: message ids in order, each with the place behind it. `more`: others follow the last one. */
type Candidates = {
	readonly all: readonly { readonly messageId: number; readonly place: string }[];
	readonly more: boolean;
};

/** Finds messages, the newest first; those of a batch in its order. Unreadable ones are left out. */
export async function findMessages(
	deps: FindMessagesDeps,
	criteria: MessageCriteria,
	page: PageWanted,
): Promise<FindMessagesOutcome> {
	const candidates = await candidatesOf(deps, criteria, page);
	if ("kind" in candidates) return candidates;
	const { rows } = await deps.messages.readEach([...new Set(candidates.all.map(({ messageId }) => messageId))]);
	const wanted = candidates.all.flatMap(({ messageId, place }) => {
		const message = rows.get(messageId);
		return message !== undefined && isWanted(criteria, message) ? [{ message, place }] : [];
	});
	const shown = wanted.slice(0, page.limit);
	const end = shown.length < wanted.length ? shown.at(-1) : candidates.more ? candidates.all.at(-1) : undefined;
	const messages = shown.map(({ message }) => message);
	const promised = (await deps.promised?.(messages)) ?? messages;
	const isConfirmed = await confirmedReports(deps.reportBatches, promised);
	return {
		kind: "found",
		messages: promised.map((message) => ({ message, informed: isConfirmed(message) })),
		next: end?.place ?? null,
	};
}

type NoCandidates = Exclude<FindMessagesOutcome, { kind: "found" }>;

async function candidatesOf(
	deps: FindMessagesDeps,
	criteria: MessageCriteria,
	page: PageWanted,
): Promise<Candidates | NoCandidates> {
	const path = accessPathOf(criteria);
	switch (path?.kind) {
		case undefined:
			return { kind: "unbounded" };
		case "message":
			return few([path.messageId], page);
		case "client_message":
			return few(
				Array.from({ length: idSeriesLength }, (_, place) =>
					messageIdOf(deps.idKey, path.userName, path.clientMessageId, place),
				),
				page,
			);
		case "smsc":
			return few(await submittedAs(deps, criteria, path.smscId), page);
		case "batch":
			return await inBatch(deps, criteria, path.batchId, page);
		case "recipient":
			return await byNumber(deps, criteria, path.recipient, page);
	}
}

const few = (messageIds: readonly number[], { after }: PageWanted): Candidates => ({
	all: inOrder(messageIds, Number(after ?? 0)),
	more: false,
});

/** The place behind a message is the index of the next one. */
const inOrder = (messageIds: readonly number[], from: number, to = messageIds.length): Candidates["all"] =>
	messageIds.slice(from, to).map((messageId, index) => ({ messageId, place: String(from + index + 1) }));

/** Submissions are kept by id and recipient, or by the id alone if the SMSC's receipts name no recipient. */
async function submittedAs(
	{ submissions }: FindMessagesDeps,
	{ operator, recipient }: MessageCriteria,
	smscId: string,
): Promise<readonly number[]> {
	const refs = operators
		.filter((one) => operator === null || one === operator)
		.flatMap((one) => [smscRef(one, recipient ?? "", smscId), smscRef(one, "", smscId)]);
	const found = await submissions?.find([...new Set(refs)]);
	return [...new Set([...(found?.values() ?? [])].map(({ messageId }) => messageId))];
}

async function inBatch(
	{ batches }: FindMessagesDeps,
	criteria: MessageCriteria,
	batchId: number,
	{ after, limit }: PageWanted,
): Promise<Candidates> {
	const batch = await batches.find(batchId);
	const isOwn = batch !== null && (criteria.userName ?? batch.userName) === batch.userName;
	const all = isOwn && batch.state === "committed" ? batch.messageIds : [];
	const from = Number(after ?? 0);
	const to = from + keysOf(hasFilter(criteria, "batch"), limit);
	return { all: inOrder(all, from, to), more: to < all.length };
}

async function byNumber(
	{ index }: FindMessagesDeps,
	criteria: MessageCriteria,
	number: string,
	{ after: before, limit }: PageWanted,
): Promise<Candidates | NoCandidates> {
	if (index === null) return { kind: "no_index" };
	const { userName, from, to } = criteria;
	const keys = keysOf(hasFilter(criteria, "recipient"), limit);
	const accounts = userName === null ? await index.accounts(number, accountsMax + 1) : [userName];
	if (accounts.length > accountsMax) return { kind: "many_accounts" };
	const each = Math.max(1, Math.floor(keys / Math.max(1, accounts.length)));
	const pages: readonly EntryPage[] = await Promise.all(
		accounts.map(async (one) => await index.entries({ number, userName: one, from, to, before, limit: each })),
	);
	const { entries, more } = mergedPages(pages, keys);
	return { all: entries.map((entry) => ({ messageId: entry.messageId, place: placeOf(entry) })), more };
}

/** If the rows decide which messages are wanted, a page reads as many as it may. */
const keysOf = (isFiltered: boolean, limit: number) => (isFiltered ? pageKeysMax : Math.min(limit, pageKeysMax));
