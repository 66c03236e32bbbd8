import type { Account } from "#shared/domain/accounts/account.ts";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { overLimit } from "./responses.ts";

/**
 * Accepts messages within the account's daily quota. Messages that were not accepted do not count.
 * @throws HttpProblem 429 if the quota has fewer left; nothing is stored.
 */
export async function withinDailyQuota<Outcome extends { readonly kind: string }>(
	limits: AccountLimits,
	account: Account,
	count: number,
	accept: () => Promise<Outcome>,
): Promise<Outcome> {
	const taken = await limits.takeMessages(account, count);
	if (taken.kind === "over") throw overLimit(taken);
	const outcome = await accept();
	if (outcome.kind !== "accepted") limits.giveBackMessages(account, count);
	return outcome;
}
