import type { UnnamedRequest } from "../../domain/accept/message-request.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { Refusal } from "../../domain/message/refusal.ts";
import type { AcceptDeps, AcceptOutcome } from "./accept-messages.ts";
import { draftAccountRequests, sendableDrafts, withRefusals } from "./draft-messages.ts";
import { storeMessages } from "./store-messages.ts";

export type UnnamedAccountRequest = { readonly account: Account; readonly request: UnnamedRequest };

export type UnnamedOutcome =
	| { readonly kind: "accepted"; readonly messageId: number }
	| Extract<AcceptOutcome, { kind: "refused" }>
	/** No holder was acknowledged. The client submits the message again. */
	| { readonly kind: "failed" };

/**
 * Accepts messages of several accounts in shared writes. Each has its own outcome, in the order of the requests; none
 * is a duplicate, for they have no client_message_id.
 * @throws Error if they could not all be stored. Then none of them is promised.
 */
export async function acceptUnnamed(
	deps: AcceptDeps,
	accountRequests: readonly UnnamedAccountRequest[],
): Promise<readonly UnnamedOutcome[]> {
	const now = deps.now();
	const attempt = deps.newAttempt();
	const draftContext = { now, attempt, batchId: null, retentionMs: deps.retentionMs };
	const drafts = await draftAccountRequests(deps, accountRequests, draftContext, (index) => `${attempt}.${index}`);
	const stored = await storeMessages(deps, sendableDrafts(drafts), now);
	return withRefusals(drafts, stored).map((one): UnnamedOutcome => {
		if (one instanceof Refusal) return { kind: "refused", refusal: one };
		return one.held ? { kind: "accepted", messageId: one.row.messageId } : { kind: "failed" };
	});
}
