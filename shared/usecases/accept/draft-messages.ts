import type { MessageRequest, UnnamedRequest } from "../../domain/accept/message-request.ts";
import { newMessage } from "../../domain/accept/new-message.ts";
import type { Account } from "../../domain/accounts/account.ts";
import type { Message } from "../../domain/message/message.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { reportBatchSize } from "../../domain/reports/report-batches.ts";
import type { NumberStore } from "../numbers/number-store.ts";

export type RoutingDeps = {
	/** Looked into before a message is routed (A49). */
	readonly numbers: Pick<NumberStore, "find">;
};

export type DraftContext = {
	readonly now: number;
	/** A name that no request has had. */
	readonly attempt: string;
	readonly batchId: number | null;
	readonly retentionMs: number;
};

/** What an account asks for, or why it cannot even be asked. */
export type AccountRequest = { readonly account: Account; readonly request: MessageRequest | UnnamedRequest | Refusal };

/**
 * The row of each request of an account's, without its id, or why it may not be sent; in the order of the requests. Rows that end as they
 * begin name the report batches that will tell of them. The recipients' numbers are looked up once, together.
 */
export async function draftMessages(
	routing: RoutingDeps,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	draftContext: DraftContext,
): Promise<readonly (Message | Refusal)[]> {
	const accountRequests = requests.map((request) => ({ account, request }));
	return await draftAccountRequests(routing, accountRequests, draftContext, (index) =>
		reportBatchIdAt(draftContext.attempt, index),
	);
}

/**
 * The same of several accounts'.
 * @param reportBatchOf the report batch of what ends as it begins, at a place among the offers: of one account only.
 */
export async function draftAccountRequests(
	{ numbers }: RoutingDeps,
	accountRequests: readonly AccountRequest[],
	draftContext: DraftContext,
	reportBatchOf: (index: number) => string,
): Promise<readonly (Message | Refusal)[]> {
	const recipients = accountRequests.flatMap(({ request }) => (request instanceof Refusal ? [] : [request.recipient]));
	const entries = await numbers.find(recipients);
	return accountRequests.map(({ account, request }, index) => {
		if (request instanceof Refusal) return request;
		const creation = { ...draftContext, messageId: 0, reportBatchId: reportBatchOf(index) };
		const entry = entries.get(request.recipient);
		if (entry === "unreadable") return new Refusal("8", { field: "recipient" });
		return valueOrRefusal(() => newMessage(account, request, creation, entry));
	});
}

/** The report batch of what ends as it begins, at this place of its request. */
export function reportBatchIdAt(attempt: string, index: number): string {
	return `${attempt}.${Math.floor(index / reportBatchSize)}`;
}

function valueOrRefusal<Value>(make: () => Value): Value | Refusal {
	try {
		return make();
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}
