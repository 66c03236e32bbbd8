import type { IncomingMessage } from "../../domain/incoming/incoming-message.ts";
import type { Period } from "../../domain/search/search-entry.ts";
import { placeOf } from "../../domain/search/search-entry.ts";
import type { IncomingStore } from "../incoming/incoming-store.ts";
import { type PageWanted, pageKeysMax } from "./find-messages.ts";
import type { SearchIndex } from "./search-index.ts";

/** One of sender and recipient must be given. Null: any. */
export type IncomingCriteria = Period & {
	readonly userName: string;
	readonly sender: string | null;
	readonly recipient: string | null;
};

export type FindIncomingDeps = {
	readonly incoming: Pick<IncomingStore, "readEach">;
	readonly bySender: SearchIndex;
	readonly byRecipient: SearchIndex;
};

export type FoundIncoming = { readonly messages: readonly IncomingMessage[]; readonly next: string | null };

/** Finds messages that subscribers sent to an account, the newest first. A page may have fewer than its limit. */
export async function findIncoming(
	deps: FindIncomingDeps,
	{ userName, sender, recipient, from, to }: IncomingCriteria,
	{ limit, after: before }: PageWanted,
): Promise<FoundIncoming> {
	const isFiltered = sender !== null && recipient !== null;
	const index = sender === null ? deps.byRecipient : deps.bySender;
	const keys = isFiltered ? pageKeysMax : Math.min(limit, pageKeysMax);
	const wanted = { number: sender ?? recipient ?? "", userName, from, to, before, limit: keys };
	const { entries, more } = await index.entries(wanted);
	const { rows } = await deps.incoming.readEach(entries.map(({ messageId }) => messageId));
	const found = entries.flatMap((entry) => {
		const message = rows.get(entry.messageId);
		const isWanted = message?.userName === userName && (recipient ?? message.recipient) === message.recipient;
		return message !== undefined && isWanted ? [{ message, entry }] : [];
	});
	const shown = found.slice(0, limit);
	const end = shown.length < found.length ? shown.at(-1)?.entry : more ? entries.at(-1) : undefined;
	return { messages: shown.map(({ message }) => message), next: end === undefined ? null : placeOf(end) };
}
