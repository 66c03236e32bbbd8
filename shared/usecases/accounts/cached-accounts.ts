import type { Clock } from "../../clock.ts";
import type { Account } from "../../domain/accounts/account.ts";
import type { AccountStore } from "./account-store.ts";

const rememberedMs = 60_000;
const rememberedMax = 10_000;

/** Accounts as they were at most a minute ago, for work on many messages of few accounts. */
export function cachedAccounts(accounts: AccountStore, now: Clock): AccountStore {
	const known = new Map<string, { readonly account: Account | null; readonly untilMs: number }>();
	return {
		async find(userName) {
			const hit = known.get(userName);
			if (hit !== undefined && now() < hit.untilMs) return hit.account;
			const account = await accounts.find(userName);
			if (known.size >= rememberedMax) known.clear();
			known.set(userName, { account, untilMs: now() + rememberedMs });
			return account;
		},
	};
}
