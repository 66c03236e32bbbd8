import type { AccountLimits, OverAccount } from "../limits/limit-account.ts";
import type { AuthenticationOutcome, Authenticator } from "./authenticate.ts";

export type AdmissionOutcome = AuthenticationOutcome | OverAccount;

/** Authenticates one request and counts it against the account's rate limit. */
export type AdmitRequest = (userName: string, password: string, address: string) => Promise<AdmissionOutcome>;

export function admission(authenticate: Authenticator, limits: Pick<AccountLimits, "takeRequest">): AdmitRequest {
	return async (userName, password, address) => {
		const outcome = await authenticate(userName, password, address);
		if (outcome.kind !== "known") return outcome;
		const taken = await limits.takeRequest(outcome.account);
		return taken.kind === "over" ? taken : outcome;
	};
}
