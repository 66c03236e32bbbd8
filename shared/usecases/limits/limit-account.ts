import type { Clock } from "../../clock.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { dayWindow, hourWindow, secondWindow } from "../../domain/limits/quota.ts";
import { type OverRecipient, type TakenRecipients, takeRecipients } from "./limit-recipients.ts";
import { type QuotaCache, type QuotaRule, quotaCacheFor } from "./quota-cache.ts";
import type { QuotaStore } from "./quota-store.ts";

export type AccountLimit = "requestsPerSecond" | "messagesPerDay" | "messagesPerHour";

/** Over the limit (HTTP 429, ESME_RTHROTTLED, code 88), the account may try again after `afterMs`. */
export type OverAccount = {
	readonly kind: "over";
	readonly limit: AccountLimit;
	readonly max: number;
	readonly afterMs: number;
};

export type LimitOutcome = { readonly kind: "within" } | OverAccount;

/** Messages that count for the account, except those to recipients that are over a limit. */
export type TakenMessages = {
	readonly kind: "within";
	/** By the index of the message. */
	readonly overRecipients: ReadonlyMap<number, OverRecipient>;
	/** For messages that were counted but not stored: refused ones and duplicates. Others among them are left out. */
	giveBack(indexes: readonly number[]): Promise<void>;
};

/** Enforces the limits of accounts. An account without limits costs no call. */
export type AccountLimits = {
	/**
	 * Counts one request, or `count` for a submit_multi: all or nothing. A request that counts for more than a second's
	 * limit takes all of one second.
	 */
	takeRequest(account: Account, count?: number): Promise<LimitOutcome>;
	/**
	 * Counts a message to each recipient: for the account all or none, and for each recipient and its block of numbers.
	 * @throws Error if a counter does not answer. Then none of them counts.
	 */
	takeMessages(account: Account, recipients: readonly string[]): Promise<OverAccount | TakenMessages>;
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

const messageLimits = ["messagesPerDay", "messagesPerHour"] as const satisfies readonly AccountLimit[];

const noMore = { kind: "within", giveBack: () => undefined } as const;

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

	async function take(account: Account, limit: AccountLimit, count: number) {
		const max = maxOf(account, limit);
		if (max === null || count === 0) return noMore;
		const outcome = await quotaCacheOf(account.userName, limit).take(count, max);
		if (outcome.kind === "over") return { ...outcome, limit, max };
		return { kind: "within", giveBack: outcome.giveBack } as const;
	}

	/** Counts for all limits of the account's messages or, over one of them or without an answer, for none. */
	async function takeAll(account: Account, count: number) {
		const taken: ((count: number) => void)[] = [];
		const giveBack = (back: number) => {
			for (const one of taken) one(back);
		};
		try {
			for (const limit of messageLimits) {
				const outcome = await take(account, limit, count);
				if (outcome.kind === "over") {
					giveBack(count);
					return outcome;
				}
				taken.push(outcome.giveBack);
			}
		} catch (error) {
			giveBack(count);
			throw error;
		}
		return { kind: "within", giveBack } as const;
	}

	return {
		async takeRequest(account, count = 1) {
			const max = maxOf(account, "requestsPerSecond") ?? count;
			const outcome = await take(account, "requestsPerSecond", Math.min(count, max));
			return outcome.kind === "over" ? outcome : { kind: "within" };
		},
		async takeMessages(account, recipients) {
			const all = await takeAll(account, recipients.length);
			if (all.kind === "over") return all;
			try {
				return taken(recipients.length, all, await takeRecipients(deps, account, recipients));
			} catch (error) {
				all.giveBack(recipients.length);
				throw error;
			}
		},
	};
}

function taken(
	count: number,
	all: { readonly giveBack: (count: number) => void },
	each: TakenRecipients,
): TakenMessages {
	const counted = new Set(Array.from({ length: count }, (_, index) => index).filter((index) => !each.over.has(index)));
	all.giveBack(each.over.size);
	return {
		kind: "within",
		overRecipients: each.over,
		async giveBack(indexes) {
			const own = indexes.filter((index) => counted.delete(index));
			all.giveBack(own.length);
			await each.giveBack(own);
		},
	};
}
