import { incomingCriteriaIn, messageCriteriaIn, type SearchQuery } from "#shared/contracts/search-query.ts";
import { incomingReport } from "#shared/domain/incoming/incoming-message.ts";
import { messageView } from "#shared/domain/message/message-view.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { type FindIncomingDeps, findIncoming } from "#shared/usecases/search/find-incoming.ts";
import { type FindMessagesDeps, findMessages } from "#shared/usecases/search/find-messages.ts";
import type { HttpResponse } from "./responses.ts";
import { searchPage, searchResponse } from "./search-page.ts";

/** GET /messages: the account's own messages that meet all criteria, the newest first. */
export async function messageSearch(
	deps: FindMessagesDeps,
	query: SearchQuery,
	userName: string,
): Promise<HttpResponse> {
	const criteria = messageCriteriaIn(query, userName);
	const outcome = await findMessages(deps, criteria, searchPage(query, deps.idKey, criteria));
	if (outcome.kind !== "found") throw notIndexed("recipient", "search by client_message_id, batch_id or message_id");
	const views = outcome.messages.map(({ message, informed }) => messageView(message, informed));
	return searchResponse(views, outcome.next, deps.idKey, criteria);
}

/** GET /incoming: messages that subscribers sent to the account, the newest first. @param deps null: there is no index. */
export async function incomingSearch(
	deps: FindIncomingDeps | null,
	key: string,
	query: SearchQuery,
	userName: string,
): Promise<HttpResponse> {
	const criteria = { incoming: true, userName, ...incomingCriteriaIn(query) };
	if (deps === null) throw notIndexed(null, "keep the messages that your webhook or SMPP session gets");
	const { messages, next } = await findIncoming(deps, criteria, searchPage(query, key, criteria));
	return searchResponse(messages.map(incomingReport), next, key, criteria);
}

const notIndexed = (field: string | null, instead: string) =>
	new Refusal(null, { field, detail: `this gateway does not search by number: ${instead}` });
