import type { UnnamedRequest } from "../../domain/accept/message-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import type { Message } from "../../domain/message/message.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import type { AcceptDeps, AcceptOutcome } from "./accept-messages.ts";
import { draftAccountRequests } from "./draft-messages.ts";
import { storeMessages } from "./store-messages.ts";

/** What an account asks for, under no id of its own. */
export type UnnamedAccountRequest = { readonly account: Account; readonly request: UnnamedRequest };

export type UnnamedOutcome =
	| Exclude<AcceptOutcome, { kind: "duplicate" }>
	/** It could not be queued, or that is not known: its client is to submit it again. */
	| { readonly kind: "failed" };

/**
 * Accepts messages of several accounts with one another's writes, each as if it had come alone. Outcomes are in the order of the offers. What has
 * no id of its client's is never a duplicate.
 * @throws Error where they could not all be stored: then none of them is promised.
 */
export async function acceptUnnamed(
	gateway: AcceptDeps,
	accountRequests: readonly UnnamedAccountRequest[],
): Promise<readonly UnnamedOutcome[]> {
	const now = gateway.now();
	const attempt = gateway.newAttempt();
	const draftContext = { now, attempt, batchId: null, retentionMs: gateway.retentionMs };
	const drafts = await draftAccountRequests(gateway, accountRequests, draftContext, (index) => `${attempt}.${index}`);
	const valid = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const stored = [...(await storeMessages(gateway, valid, now))];
	return drafts.map((draft): UnnamedOutcome => {
		if (draft instanceof Refusal) return { kind: "refused", refusal: draft };
		const one = stored.shift();
		return one?.held ? { kind: "accepted", messageId: one.row.messageId } : { kind: "failed" };
	});
}
