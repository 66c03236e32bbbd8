import type { Clock } from "../../clock.ts";
import type { MessageRequest } from "../../domain/accept/message-request.ts";
import { isSameRequest } from "../../domain/accept/same-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { TemporaryFault } from "../../domain/faults.ts";
import type { Message } from "../../domain/message/message.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import { findClientMessages } from "../message/find-client-messages.ts";
import { draftMessages, type RoutingDeps } from "./draft-messages.ts";
import { ensureKnownHeld, type StoreDeps, storeMessages } from "./store-messages.ts";

export type AcceptDeps = StoreDeps &
	RoutingDeps & {
		readonly now: Clock;
		readonly retentionMs: number;
	};

export type AcceptOutcome =
	| { readonly kind: "accepted"; readonly messageId: number }
	/** This client_message_id was used before (code 23); `same` where all that was asked for is the same too (A28). */
	| { readonly kind: "duplicate"; readonly messageId: number; readonly same: boolean }
	| { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * Accepts messages: stores each, gives it its holder, and only then answers for it. Outcomes are in the order of the requests, whose
 * client_message_ids must differ. A request that comes again is a duplicate, and whatever is promised of it has a holder too.
 * @throws Error where one could not be stored, or has no holder that is known of. Then none is promised.
 */
export async function acceptMessages(
	gateway: AcceptDeps,
	account: Account,
	requests: readonly MessageRequest[],
): Promise<readonly AcceptOutcome[]> {
	const now = gateway.now();
	const draftContext = { now, attempt: gateway.newAttempt(), batchId: null, retentionMs: gateway.retentionMs };
	const drafts = await draftMessages(gateway, account, requests, draftContext);
	const valid = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const refused = requests.filter((_, index) => drafts[index] instanceof Refusal);
	const [stored, known] = await Promise.all([
		storeMessages(gateway, valid, now),
		knownDuplicates(gateway, account, refused, now),
	]);
	if (stored.some(({ held }) => !held)) throw new TemporaryFault("the queues do not take messages");
	const left = [...stored];
	return drafts.map((draft, index): AcceptOutcome => {
		const request = requests[index];
		if (request === undefined) throw new Error("a draft has no request");
		if (draft instanceof Refusal) return refusedOutcome(request, draft, known);
		const one = left.shift();
		if (one === undefined) throw new Error("an outcome is missing");
		return one.kind === "inserted" ? { kind: "accepted", messageId: one.row.messageId } : duplicate(one.row, request);
	});
}

/**
 * Those of the refused whose client_message_id was used before: they are duplicates whatever else is wrong with them by now, for a retry may
 * come when its schedule has passed or its number was blocked (A28).
 */
async function knownDuplicates(
	gateway: AcceptDeps,
	{ userName }: Account,
	refused: readonly MessageRequest[],
	now: number,
): Promise<ReadonlyMap<string, Message>> {
	const ids = refused.map(({ clientMessageId }) => clientMessageId);
	const rows = await findClientMessages(gateway.messages, gateway.idKey, userName, ids);
	const held = await ensureKnownHeld(gateway, [...rows.values()], now);
	return new Map([...rows].filter(([, { messageId }]) => held.get(messageId) === "held"));
}

function refusedOutcome(request: MessageRequest, refusal: Refusal, known: ReadonlyMap<string, Message>): AcceptOutcome {
	const row = known.get(request.clientMessageId);
	return row === undefined ? { kind: "refused", refusal } : duplicate(row, request);
}

function duplicate(row: Message, request: MessageRequest): AcceptOutcome {
	return { kind: "duplicate", messageId: row.messageId, same: isSameRequest(row, request) };
}
