import type { Account } from "../domain/account.ts";
import type { Message } from "../domain/message.ts";
import type { MessageRequest } from "../domain/message-request.ts";
import { newMessage } from "../domain/new-message.ts";
import { packSize } from "../domain/packs.ts";
import { Refusal } from "../domain/refusal.ts";
import type { NumberStore } from "../ports.ts";

export type Routing = {
	/** Looked into before a message is routed (A49). */
	readonly numbers: Pick<NumberStore, "find">;
};

export type Drafting = {
	readonly now: number;
	/** A name that no request has had. */
	readonly attempt: string;
	readonly batchId: number | null;
	readonly retentionMs: number;
};

/**
 * The row of each request, without its id, or why it may not be sent; in the order of the requests. Rows that end as they
 * begin name the packs that will tell of them. The recipients' numbers are looked up once, together.
 */
export async function draftMessages(
	{ numbers }: Routing,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafting: Drafting,
): Promise<readonly (Message | Refusal)[]> {
	const recipients = requests.flatMap((request) => (request instanceof Refusal ? [] : [request.recipient]));
	const entries = await numbers.find(recipients);
	return requests.map((request, index) => {
		if (request instanceof Refusal) return request;
		const birth = { ...drafting, messageId: 0, packId: packOfPlace(drafting.attempt, index) };
		return valueOrRefusal(() => newMessage(account, request, birth, entries.get(request.recipient)));
	});
}

/** The pack of what ends as it begins, at this place of its request. */
export function packOfPlace(attempt: string, index: number): string {
	return `${attempt}.${Math.floor(index / packSize)}`;
}

function valueOrRefusal<Value>(make: () => Value): Value | Refusal {
	try {
		return make();
	} catch (error) {
		if (error instanceof Refusal) return error;
		throw error;
	}
}
