import type { Clock } from "../../clock.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { isSameRequest } from "../../domain/accept/same-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import { isRedacted } from "../../domain/message/final-text.ts";
import type { Message } from "../../domain/message/message.ts";
import { textDigestOf } from "../../domain/message/message-id.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { findClientMessages } from "../message/find-client-messages.ts";
import { draftMessages, type RoutingDeps, sendableDrafts, withRefusals } from "./draft-messages.ts";
import { ensureKnownHeld, type StoreDeps, storeMessages } from "./store-messages.ts";

export type AcceptDeps = StoreDeps &
	RoutingDeps & {
		readonly now: Clock;
		readonly retentionMs: number;
	};

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
 * Accepts messages: stores each, gives it a holder, and only then answers. Outcomes are in the order of the requests.
 * A repeated request is a duplicate, and its message has a holder too. The client_message_ids must differ.
 * @throws Error if a message could not be stored or has no acknowledged holder. Then none of them is promised.
 */
export async function acceptMessages(
	deps: AcceptDeps,
	account: Account,
	requests: readonly MessageRequest[],
): Promise<readonly AcceptOutcome[]> {
	const now = deps.now();
	const draftContext = { now, attempt: deps.newAttempt(), batchId: null, retentionMs: deps.retentionMs };
	const drafts = await draftMessages(deps, account, requests, draftContext);
	const refused = requests.filter((_, index) => drafts[index] instanceof Refusal);
	const [stored, known] = await Promise.all([
		storeMessages(deps, sendableDrafts(drafts), now),
		knownDuplicates(deps, account, refused, now),
	]);
	if (stored.some(({ held }) => !held)) throw new TemporaryFault("the queues do not take messages");
	return withRefusals(drafts, stored).map((one, index): AcceptOutcome => {
		const request = requests[index];
		if (request === undefined) throw new Error("a draft has no request");
		if (one instanceof Refusal) return refusedOutcome(deps, request, one, known);
		if (one.kind === "duplicate") return duplicate(deps, one.row, request);
		return { kind: "accepted", ...acceptedMessage(one.row, request) };
	});
}

/**
 * Finds refused requests whose client_message_id was used before. They are duplicates, not refusals: a retry may come
 * after its schedule has passed or its number was blocked (A28).
 */
async function knownDuplicates(
	deps: AcceptDeps,
	{ userName }: Account,
	refused: readonly MessageRequest[],
	now: number,
): Promise<ReadonlyMap<string, Message>> {
	const ids = refused.map(({ clientMessageId }) => clientMessageId);
	const rows = await findClientMessages(deps.messages, deps.idKey, userName, ids);
	const held = await ensureKnownHeld(deps, [...rows.values()], now);
	return new Map([...rows].filter(([, { messageId }]) => held.get(messageId) === "held"));
}

function refusedOutcome(
	deps: Pick<AcceptDeps, "idKey">,
	request: MessageRequest,
	refusal: Refusal,
	known: ReadonlyMap<string, Message>,
): AcceptOutcome {
	const row = known.get(request.clientMessageId);
	return row === undefined ? { kind: "refused", refusal } : duplicate(deps, row, request);
}

function duplicate(deps: Pick<AcceptDeps, "idKey">, row: Message, request: MessageRequest): AcceptOutcome {
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
