import type { Account } from "../domain/account.ts";
import type { Message } from "../domain/message.ts";
import type { UnnamedRequest } from "../domain/message-request.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Acceptance, AcceptOutcome } from "./accept-messages.ts";
import { draftOffers } from "./draft-messages.ts";
import { storeMessages } from "./store-messages.ts";

/** What an account asks for, under no id of its own. */
export type UnnamedOffer = { readonly account: Account; readonly request: UnnamedRequest };

export type TogetherOutcome =
	| Exclude<AcceptOutcome, { kind: "duplicate" }>
	/** It could not be queued, or that is not known: its client is to submit it again. */
	| { readonly kind: "failed" };

/**
 * Accepts messages of several accounts with one another's writes, each as if it had come alone. Outcomes are in the order of the offers. What has
 * no id of its client's is never a duplicate.
 * @throws Error where they could not all be stored: then none of them is promised.
 */
export async function acceptTogether(
	gateway: Acceptance,
	offers: readonly UnnamedOffer[],
): Promise<readonly TogetherOutcome[]> {
	const now = gateway.now();
	const attempt = gateway.newAttempt();
	const drafting = { now, attempt, batchId: null, retentionMs: gateway.retentionMs };
	const drafts = await draftOffers(gateway, offers, drafting, (index) => `${attempt}.${index}`);
	const sound = drafts.filter((draft): draft is Message => !(draft instanceof Refusal));
	const stored = [...(await storeMessages(gateway, sound, now))];
	return drafts.map((draft): TogetherOutcome => {
		if (draft instanceof Refusal) return { kind: "refused", refusal: draft };
		const one = stored.shift();
		return one?.held ? { kind: "accepted", messageId: one.row.messageId } : { kind: "failed" };
	});
}
