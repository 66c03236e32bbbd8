import type { Account } from "#shared/domain/accounts/account.ts";
import { errorText } from "#shared/domain/message/error-codes.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import type { OverRecipient } from "#shared/usecases/limits/limit-recipients.ts";
import { overLimit, overTexts } from "./responses.ts";

/**
 * Accepts messages within the account's limits. Messages that were not accepted do not count.
 * @param accept gets the recipients that are over a limit, by their index.
 * @throws HttpProblem 429 if the account has fewer messages left; nothing is stored.
 */
export async function withinLimits<Outcome extends { readonly kind: string }>(
	limits: AccountLimits,
	account: Account,
	recipients: readonly string[],
	accept: (over: ReadonlyMap<number, OverRecipient>) => Promise<Outcome>,
): Promise<Outcome> {
	const taken = await limits.takeMessages(account, recipients);
	if (taken.kind === "over") throw overLimit(taken);
	let isAccepted = false;
	try {
		const outcome = await accept(taken.overRecipients);
		isAccepted = outcome.kind === "accepted";
		return outcome;
	} finally {
		if (!isAccepted) await taken.giveBack([...recipients.keys()]);
	}
}

/** The refusal of one message of a batch. A single message is answered 429. */
export function refusalOf({ limit, max }: OverRecipient): Refusal {
	return new Refusal("88", { field: "recipient", detail: `${errorText("88")} ${overTexts[limit](max)}` });
}
