import type { MessageRequest, UnnamedRequest } from "../../domain/accept/message-request.ts";
import { newMessage } from "../../domain/accept/new-message.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { type FinalText, redacted } from "../../domain/message/final-text.ts";
import type { Message } from "../../domain/message/message.ts";
import { textDigestOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { reportBatchSize } from "../../domain/reports/report-batches.ts";
import type { NumberStore } from "../numbers/number-store.ts";

export type RoutingDeps = {
	/** Ported and blocked numbers, read before a message is routed (A49). */
	readonly numbers: Pick<NumberStore, "find">;
	/** Of accounts that have no setting of their own. */
	readonly finalTexts: FinalText;
	readonly idKey: string;
	/** Of the client, by REST. */
	readonly clientAddress?: string;
};

export type DraftContext = {
	readonly now: number;
	readonly attempt: string;
	readonly batchId: number | null;
	readonly retentionMs: number;
};

export type AccountRequest = { readonly account: Account; readonly request: MessageRequest | UnnamedRequest | Refusal };

/** A row without its id, or why the message may not be sent. */
export type Draft = Message | Refusal;

/** Drafts one row for each request of an account, in their order. All recipients are read in one call. */
export async function draftMessages(
	routing: RoutingDeps,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	draftContext: DraftContext,
): Promise<readonly Draft[]> {
	const accountRequests = requests.map((request) => ({ account, request }));
	return await draftAccountRequests(routing, accountRequests, draftContext, (index) =>
		reportBatchIdAt(draftContext.attempt, index),
	);
}

/**
 * The same for requests of several accounts.
 * @param reportBatchOf names the report batch of a message that ends on acceptance, by its index. A report batch is of
 * one account only.
 */
export async function draftAccountRequests(
	deps: RoutingDeps,
	accountRequests: readonly AccountRequest[],
	draftContext: DraftContext,
	reportBatchOf: (index: number) => string,
): Promise<readonly Draft[]> {
	const recipients = accountRequests.flatMap(({ request }) => (request instanceof Refusal ? [] : [request.recipient]));
	const entries = await deps.numbers.find(recipients);
	return accountRequests.map(({ account, request }, index) => {
		if (request instanceof Refusal) return request;
		const { clientAddress = null } = deps;
		const creation = { ...draftContext, clientAddress, messageId: 0, reportBatchId: reportBatchOf(index) };
		const entry = entries.get(request.recipient);
		if (entry === "unreadable") return new Refusal("8", { field: "recipient" });
		return valueOrRefusal(() => withFinalText(deps, account, newMessage(account, request, creation, entry)));
	});
}

/** A new row with what becomes of its text when it ends. It may have ended already. */
export function withFinalText(
	{ finalTexts, idKey }: Pick<RoutingDeps, "finalTexts" | "idKey">,
	account: Account,
	row: Message,
): Message {
	const finalText = account.finalTexts ?? finalTexts;
	if (finalText === "keep") return row;
	const textDigest = account.duplicates === "replay" ? textDigestOf(idKey, row) : null;
	return redacted({ ...row, finalText, textDigest });
}

/** The report batch of a message that ends on acceptance, by its index in the request. */
export function reportBatchIdAt(attempt: string, index: number): string {
	return `${attempt}.${Math.floor(index / reportBatchSize)}`;
}

export function sendableDrafts(drafts: readonly Draft[]): readonly Message[] {
	return drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
}

/** Replaces the sendable drafts by their results, which are in the same order; the refusals stay. */
export function withRefusals<Result>(
	drafts: readonly Draft[],
	results: readonly Result[],
): readonly (Result | Refusal)[] {
	const left = [...results];
	return drafts.map((draft) => {
		if (draft instanceof Refusal) return draft;
		const result = left.shift();
		if (result === undefined) throw new Error("a draft has no result");
		return result;
	});
}

function valueOrRefusal<Value>(make: () => Value): Value | Refusal {
	try {
		return make();
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}
