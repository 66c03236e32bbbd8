import type { Clock } from "../../clock.ts";
import type { Account, Limits } from "../../domain/accounts/account.ts";
import { dayWindow, secondWindow } from "../../domain/limits/quota.ts";
import { type QuotaCache, type QuotaRule, quotaCacheFor } from "./quota-cache.ts";
import type { QuotaStore } from "./quota-store.ts";

/** Whether an account may go on. Over its limit it may again after so long: by HTTP 429, by SMPP ESME_RTHROTTLED, code 88. */
export type LimitOutcome =
	| { readonly kind: "within" }
	| { readonly kind: "over"; readonly limit: keyof Limits; readonly max: number; readonly afterMs: number };

/** The limits of accounts, where they have some. An account that has none costs no call. */
export type AccountLimits = {
	/**
	 * One request more, whatever it asks for: an HTTP request, a submit_sm. What counts for several, as a submit_multi does, is let through
	 * wholly or not at all; what counts for more than a second's has a second to itself.
	 */
	takeRequest(account: Account, count?: number): Promise<LimitOutcome>;
	/** So many messages more today, all of them or none. */
	takeMessages(account: Account, count: number): Promise<LimitOutcome>;
	/** Messages that were taken and then not stored: refused, or duplicates. */
	giveBackMessages(account: Account, count: number): void;
};

export type LimitDeps = { readonly quotas: QuotaStore; readonly now: Clock };

/**
 * A process may hold a twentieth of a second's requests unused, a thousandth of a day's messages: so much less than its limit may an
 * account get through each of several processes.
 */
const quotaRules = {
	requestsPerSecond: { windowOf: secondWindow, aheadPart: 1 / 20 },
	messagesPerDay: { windowOf: dayWindow, aheadPart: 1 / 1_000 },
} as const satisfies Record<keyof Limits, QuotaRule>;

const quotaCachesMax = 10_000;

/** One for each process: what it took ahead lies in its memory. */
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
