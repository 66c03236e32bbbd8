import type { Account } from "#shared/domain/accounts/account.ts";
import { fairConcurrencyLimit } from "#shared/flow/fair-concurrency-limit.ts";
import { unavailable } from "./responses.ts";

export type InTurn = <Value>(account: Account, work: () => Promise<Value>) => Promise<Value>;

/**
 * Limits the requests that one process works on at once. Up to `waitingMax` more wait, and accounts take turns, so that no account
 * waits for all requests of another one. A Lambda function has one request at a time, so this limits the local stack only.
 * @throws HttpProblem 503 if more come, for the newest request of the account with the most waiting requests.
 */
export function inTurn(atOnce: number, waitingMax: number, retryAfterMs: number): InTurn {
	const limited = fairConcurrencyLimit(atOnce, waitingMax);
	return async (account, work) => {
		const outcome = await limited({ owner: account.userName, isKnown: true }, work);
		if (outcome.kind === "busy") throw unavailable(retryAfterMs);
		return outcome.value;
	};
}
