import type { Account } from "../domain/account.ts";
import type { Message } from "../domain/message.ts";
import type { UnnamedRequest } from "../domain/message-request.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Acceptance, AcceptOutcome } from "./accept-messages.ts";
import { dispatchMessages } from "./dispatch-messages.ts";
import { draftOffers } from "./draft-messages.ts";
import { insertMessages } from "./insert-messages.ts";

/** What an account asks for, under no id of its own. */
export type UnnamedOffer = { readonly account: Account; readonly request: UnnamedRequest };

export type TogetherOutcome = Exclude<AcceptOutcome, { kind: "duplicate" }>;

/**
 * Takes messages of several accounts in with one another's writes, each as if it had come alone: stored, then dispatched to its lane or slot, and
 * only then accepted. Outcomes are in the order of the offers. What has no id of its client's is never a duplicate.
 * @throws Error where they could not all be stored and dispatched. Their rows are taken back: nobody was promised anything.
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
	const rows = (await insertMessages(gateway, sound)).map(({ row }) => row);
	try {
		await dispatchMessages(gateway, rows, now);
	} catch (error) {
		await gateway.messages.takeBack(rows);
		throw error;
	}
	const stored = new Map(sound.map((draft, index) => [draft, rows[index]]));
	return drafts.map((draft): TogetherOutcome => {
		if (draft instanceof Refusal) return { kind: "refused", refusal: draft };
		const row = stored.get(draft);
		if (row === undefined) throw new Error("an outcome is missing");
		return { kind: "accepted", messageId: row.messageId };
	});
}
