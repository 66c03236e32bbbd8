import type { Clock } from "../../clock.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { dayWindow, hourWindow, secondWindow } from "../../domain/limits/quota.ts";
import { giveBackRecipients, type RecipientOutcome, takeRecipients } from "./limit-recipients.ts";
import { type QuotaCache, type QuotaRule, quotaCacheFor } from "./quota-cache.ts";
import type { QuotaStore } from "./quota-store.ts";

export type AccountLimit = "requestsPerSecond" | "messagesPerDay" | "messagesPerHour";

/** Over the limit (HTTP 429, ESME_RTHROTTLED, code 88), the account may try again after `afterMs`. */
export type LimitOutcome =
	| { readonly kind: "within" }
	| { readonly kind: "over"; readonly limit: AccountLimit; readonly max: number; readonly afterMs: number };

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
	/** Counts a message for each of these recipients, and for their blocks of numbers. Outcomes are in their order. */
	takeRecipients(account: Account, recipients: readonly string[]): Promise<readonly RecipientOutcome[]>;
	giveBackRecipients(account: Account, recipients: readonly string[]): Promise<void>;
};

export type LimitDeps = {
	readonly quotas: QuotaStore;
	readonly now: Clock;
	/** For accounts without a limit of their own; null: unlimited. */
	readonly defaultRequestsPerSecond?: number | null;
};

/** `aheadPart`: the part of a limit that each process may hold unused. The account may get that much less. */
const quotaRules = {
	requestsPerSecond: { windowOf: secondWindow, aheadPart: 1 / 20 },
	messagesPerDay: { windowOf: dayWindow, aheadPart: 1 / 1_000 },
	messagesPerHour: { windowOf: hourWindow, aheadPart: 1 / 1_000 },
} as const satisfies Record<AccountLimit, QuotaRule>;

const quotaCachesMax = 10_000;

/** One instance for each process: quota that was taken ahead is in its memory (ADR 0010). */
export function accountLimits(deps: LimitDeps): AccountLimits {
	const quotaCaches = new Map<string, QuotaCache>();

	function quotaCacheOf(userName: string, limit: AccountLimit): QuotaCache {
		const name = `${limit}#${userName}`;
		const quotaCache = quotaCaches.get(name) ?? quotaCacheFor(deps, userName, quotaRules[limit]);
		quotaCaches.set(name, quotaCache);
		const [oldest] = quotaCaches.keys();
		if (quotaCaches.size > quotaCachesMax && oldest !== undefined) quotaCaches.delete(oldest);
		return quotaCache;
	}

	const maxOf = ({ limits, hourlyLimits }: Account, limit: AccountLimit): number | null => {
		if (limit === "messagesPerHour") return hourlyLimits.messages;
		if (limit === "messagesPerDay") return limits.messagesPerDay;
		return limits.requestsPerSecond ?? deps.defaultRequestsPerSecond ?? null;
	};

	async function take(account: Account, limit: AccountLimit, count: number): Promise<LimitOutcome> {
		const max = maxOf(account, limit);
		if (max === null || count === 0) return { kind: "within" };
		const outcome = await quotaCacheOf(account.userName, limit).take(count, max);
		return outcome === "taken" ? { kind: "within" } : { kind: "over", limit, max, afterMs: outcome.afterMs };
	}

	function giveBack(account: Account, limit: AccountLimit, count: number): void {
		if (maxOf(account, limit) !== null) quotaCacheOf(account.userName, limit).giveBack(count);
	}

	return {
		async takeRequest(account, count = 1) {
			const max = maxOf(account, "requestsPerSecond") ?? count;
			return await take(account, "requestsPerSecond", Math.min(count, max));
		},
		async takeMessages(account, count) {
			const today = await take(account, "messagesPerDay", count);
			if (today.kind === "over") return today;
			const thisHour = await take(account, "messagesPerHour", count);
			if (thisHour.kind === "over") giveBack(account, "messagesPerDay", count);
			return thisHour;
		},
		giveBackMessages(account, count) {
			giveBack(account, "messagesPerDay", count);
			giveBack(account, "messagesPerHour", count);
		},
		takeRecipients: async (account, recipients) => await takeRecipients(deps, account, recipients),
		giveBackRecipients: async (account, recipients) => await giveBackRecipients(deps, account, recipients),
	};
}
