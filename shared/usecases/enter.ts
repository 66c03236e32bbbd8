import type { AccountLimits, LimitOutcome } from "./limit-account.ts";
import type { Doorkeeper, LogInOutcome } from "./log-in.ts";

export type OverLimit = Extract<LimitOutcome, { kind: "over" }>;
export type EntryOutcome = LogInOutcome | OverLimit;

/** Lets one request in: its account, unless it is nobody's, or comes too fast. */
export type Entrance = (userName: string, password: string, address: string) => Promise<EntryOutcome>;

export function entrance(logIn: Doorkeeper, limits: Pick<AccountLimits, "takeRequest">): Entrance {
	return async (userName, password, address) => {
		const outcome = await logIn(userName, password, address);
		if (outcome.kind !== "known") return outcome;
		const taken = await limits.takeRequest(outcome.account);
		return taken.kind === "over" ? taken : outcome;
	};
}
