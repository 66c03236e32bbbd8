import type { Account } from "#shared/domain/accounts/account.ts";
import { fairConcurrencyLimit } from "#shared/flow/fair-concurrency-limit.ts";
import { unavailable } from "./responses.ts";

export type InTurn = <Value>(account: Account, work: () => Promise<Value>) => Promise<Value>;

/**
 * Does the work of so many requests of one process at once. As many as `waitingMax` wait, and accounts take turns, so that
 * none waits for all that another one sends. A Lambda function has one request at a time; this limits the local stack.
 * @throws HttpProblem 503 for the newest request of the account with the most waiting ones, if there are too many.
 */
export function inTurn(atOnce: number, waitingMax: number, retryAfterMs: number): InTurn {
	const limited = fairConcurrencyLimit(atOnce, waitingMax);
	return async (account, work) => {
		const outcome = await limited({ owner: account.userName, isKnown: true }, work);
		if (outcome.kind === "busy") throw unavailable(retryAfterMs);
		return outcome.value;
	};
}
