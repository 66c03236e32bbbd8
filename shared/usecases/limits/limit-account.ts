import type { Clock } from "../../clock.ts";
import type { Account, Limits } from "../../domain/accounts/account.ts";
import { dayWindow, secondWindow } from "../../domain/limits/quota.ts";
import { type QuotaCache, type QuotaRule, quotaCacheFor } from "./quota-cache.ts";
import type { QuotaStore } from "./quota-store.ts";

/** Over the limit (HTTP 429, ESME_RTHROTTLED, code 88), the account may try again after `afterMs`. */
export type LimitOutcome =
	| { readonly kind: "within" }
	| { readonly kind: "over"; readonly limit: keyof Limits; readonly max: number; readonly afterMs: number };

/** Enforces the limits of accounts. An account without limits costs no call. */
export type AccountLimits = {
	/**
	 * Counts one request, or `count` for a submit_multi: all or nothing. A request that counts for more than a second's
	 * limit takes all of one second.
	 */
	takeRequest(account: Account, count?: number): Promise<LimitOutcome>;
	takeMessages(account: Account, count: number): Promise<LimitOutcome>;
	/** For messages that were counted but not stored: refused ones and duplicates. */
	giveBackMessages(account: Account, count: number): void;
};

export type LimitDeps = { readonly quotas: QuotaStore; readonly now: Clock };

/** `aheadPart`: the part of a limit that each process may hold unused. The account may get that much less. */
const quotaRules = {
	requestsPerSecond: { windowOf: secondWindow, aheadPart: 1 / 20 },
	messagesPerDay: { windowOf: dayWindow, aheadPart: 1 / 1_000 },
} as const satisfies Record<keyof Limits, QuotaRule>;

const quotaCachesMax = 10_000;

/** One instance for each process: quota that was taken ahead is in its memory (ADR 0010). */
export function accountLimits(deps: LimitDeps): AccountLimits {
	const quotaCaches = new Map<string, QuotaCache>();

	function quotaCacheOf(userName: string, limit: keyof Limits): QuotaCache {
		const name = `${limit}#${userName}`;
		const quotaCache = quotaCaches.get(name) ?? quotaCacheFor(deps, userName, quotaRules[limit]);
		quotaCaches.set(name, quotaCache);
		const [oldest] = quotaCaches.keys();
		if (quotaCaches.size > quotaCachesMax && oldest !== undefined) quotaCaches.delete(oldest);
		return quotaCache;
	}

	async function take({ userName, limits }: Account, limit: keyof Limits, count: number): Promise<LimitOutcome> {
		const max = limits[limit];
		if (max === null || count === 0) return { kind: "within" };
		const outcome = await quotaCacheOf(userName, limit).take(count, max);
		return outcome === "taken" ? { kind: "within" } : { kind: "over", limit, max, afterMs: outcome.afterMs };
	}

	return {
		async takeRequest(account, count = 1) {
			const max = account.limits.requestsPerSecond ?? count;
			return await take(account, "requestsPerSecond", Math.min(count, max));
		},
		takeMessages: async (account, count) => await take(account, "messagesPerDay", count),
		giveBackMessages({ userName, limits }, count) {
			if (limits.messagesPerDay !== null) quotaCacheOf(userName, "messagesPerDay").giveBack(count);
		},
	};
}
