import type { Account } from "../domain/account.ts";
import type { Message } from "../domain/message.ts";
import type { MessageRequest, UnnamedRequest } from "../domain/message-request.ts";
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

/** What an account asks for, or why it cannot even be asked. */
export type Offer = { readonly account: Account; readonly request: MessageRequest | UnnamedRequest | Refusal };

/**
 * The row of each request of an account's, without its id, or why it may not be sent; in the order of the requests. Rows that end as they
 * begin name the packs that will tell of them. The recipients' numbers are looked up once, together.
 */
export async function draftMessages(
	routing: Routing,
	account: Account,
	requests: readonly (MessageRequest | Refusal)[],
	drafting: Drafting,
): Promise<readonly (Message | Refusal)[]> {
	const offers = requests.map((request) => ({ account, request }));
	return await draftOffers(routing, offers, drafting, (index) => packOfPlace(drafting.attempt, index));
}

/**
 * The same of several accounts'.
 * @param packOf the pack of what ends as it begins, at a place among the offers: of one account only.
 */
export async function draftOffers(
	{ numbers }: Routing,
	offers: readonly Offer[],
	drafting: Drafting,
	packOf: (index: number) => string,
): Promise<readonly (Message | Refusal)[]> {
	const recipients = offers.flatMap(({ request }) => (request instanceof Refusal ? [] : [request.recipient]));
	const entries = await numbers.find(recipients);
	return offers.map(({ account, request }, index) => {
		if (request instanceof Refusal) return request;
		const birth = { ...drafting, messageId: 0, packId: packOf(index) };
		const entry = entries.get(request.recipient);
		if (entry === "unreadable") return new Refusal("8", { field: "recipient" });
		return valueOrRefusal(() => newMessage(account, request, birth, entry));
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
