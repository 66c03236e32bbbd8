import type { Clock } from "../../clock.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { isSameRequest } from "../../domain/accept/same-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import { OverLimitRefusal } from "../../domain/limits/over-limit.ts";
import { isRedacted } from "../../domain/message/final-text.ts";
import type { Message } from "../../domain/message/message.ts";
import { textDigestOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { type Draft, draftMessages, type RoutingDeps, sendableDrafts, withRefusals } from "./draft-messages.ts";
import { knownMessages } from "./known-messages.ts";
import { type StoreDeps, storeMessages } from "./store-messages.ts";
import { type WithinLimitsDeps, withinLimits } from "./within-limits.ts";

export type AcceptDeps = StoreDeps &
	RoutingDeps & {
		readonly now: Clock;
		readonly retentionMs: number;
	};

export type AcceptRequestsDeps = AcceptDeps & WithinLimitsDeps;

export type AcceptedMessage = {
	readonly messageId: number;
	/** The expiry that holds instead of the requested one; null: the requested one, or none was requested (A10). */
	readonly shortenedTo: number | null;
};

export type AcceptOutcome =
	| ({ readonly kind: "accepted" } & AcceptedMessage)
	/** This client_message_id was used before (code 23). `same`: the rest of the request is equal too (A28). */
	| ({ readonly kind: "duplicate"; readonly same: boolean } & AcceptedMessage)
	| { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Accepts messages within the account's limits: stores each, gives it a holder, and only then answers. Outcomes are in
 * the order of the requests. A repeated request is a duplicate, and its message has a holder too. The client_message_ids
 * must differ.
 * @throws Error if a message could not be stored or has no acknowledged holder. Then none of them is promised.
 */
export async function acceptMessages(
	deps: AcceptRequestsDeps,
	account: Account,
	requests: readonly MessageRequest[],
): Promise<readonly AcceptOutcome[]> {
	const now = deps.now();
	const draftContext = { now, attempt: deps.newAttempt(), batchId: null, retentionMs: deps.retentionMs };
	const drafts = await draftMessages(deps, account, requests, draftContext);
	return await withinLimits(
		deps,
		account,
		{ drafts, findKnown: async (ids) => await knownMessages(deps, account, ids, now) },
		async (limited) => await storeRequests(deps, account, requests, limited, now),
		(outcomes, index) => outcomes[index]?.kind === "accepted",
	);
}

/**
 * A refused request whose client_message_id was used before is a duplicate, not a refusal: a retry may come after its
 * schedule has passed or its number was blocked (A28).
 */
async function storeRequests(
	deps: AcceptDeps,
	account: Account,
	requests: readonly MessageRequest[],
	drafts: readonly Draft[],
	now: number,
): Promise<readonly AcceptOutcome[]> {
	const refused = requests.filter((_, index) => isRefusedByContent(drafts[index]));
	const refusedIds = refused.map(({ clientMessageId }) => clientMessageId);
	const [stored, known] = await Promise.all([
		storeMessages(deps, sendableDrafts(drafts), now),
		knownMessages(deps, account, refusedIds, now),
	]);
	if (stored.some(({ held }) => !held)) throw new TemporaryFault("the queues do not take messages");
	return withRefusals(drafts, stored).map((one, index): AcceptOutcome => {
		const request = requests[index];
		if (request === undefined) throw new Error("a draft has no request");
		if (one instanceof Refusal) return refusedOutcome(deps, request, one, known);
		if (one.kind === "duplicate") return duplicateOf(deps, one.row, request);
		return { kind: "accepted", ...acceptedMessage(one.row, request) };
	});
}

/** A message over a limit was looked up already. */
const isRefusedByContent = (draft: Draft | undefined) =>
	draft instanceof Refusal && !(draft instanceof OverLimitRefusal);

export function refusedOutcome(
	deps: Pick<AcceptDeps, "idKey">,
	request: MessageRequest,
	refusal: Refusal,
	known: ReadonlyMap<string, Message>,
): Exclude<AcceptOutcome, { kind: "accepted" }> {
	const row = known.get(request.clientMessageId);
	return row === undefined ? { kind: "refused", refusal } : duplicateOf(deps, row, request);
}

export function duplicateOf(
	deps: Pick<AcceptDeps, "idKey">,
	row: Message,
	request: MessageRequest,
): Extract<AcceptOutcome, { kind: "duplicate" }> {
	const { text } = request;
	const isSameText = isRedacted(row)
		? row.textDigest === textDigestOf(deps.idKey, { ...row, text })
		: row.text === text;
	const same = isSameText && isSameRequest({ ...row, text }, request);
	return { kind: "duplicate", ...acceptedMessage(row, request), same };
}

function acceptedMessage(row: Message, request: Pick<MessageRequest, "expiresAt">): AcceptedMessage {
	const isShortened = request.expiresAt !== null && row.expiresAt < request.expiresAt;
	return { messageId: row.messageId, shortenedTo: isShortened ? row.expiresAt : null };
}
