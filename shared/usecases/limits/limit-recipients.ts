import type { Clock } from "../../clock.ts";
import type { Account } from "../../domain/accounts/account.ts";
import { hourWindow, numberBlockOf, type QuotaWindow } from "../../domain/limits/quota.ts";
import type { QuotaStore } from "./quota-store.ts";

export type RecipientLimit = "perRecipient" | "perNumberBlock";

export type OverRecipient = {
	readonly kind: "over";
	readonly limit: RecipientLimit;
	readonly max: number;
	readonly afterMs: number;
};

export type RecipientDeps = { readonly quotas: QuotaStore; readonly now: Clock };

export type TakenRecipients = {
	/** By the index of the recipient. What is over counts for nothing. */
	readonly over: ReadonlyMap<number, OverRecipient>;
	/** For messages that were counted and not stored. Their counters are those of the hour in which they were counted. */
	giveBack(indexes: readonly number[]): Promise<void>;
};

/** Counters outlive their window because clocks differ, and a deleted counter would start from 0. */
const keepMs = 60 * 60_000;

const ownerOf = {
	perRecipient: (recipient: string) => recipient,
	perNumberBlock: numberBlockOf,
} as const satisfies Record<RecipientLimit, (recipient: string) => string>;

/**
 * Counts messages against an account's limits for each recipient and each block of numbers, against pumped one-time
 * passwords (ADR 0078). Of equal recipients the first ones get what is left.
 * @throws Error if a counter does not answer. What the others granted is given back.
 */
export async function takeRecipients(
	deps: RecipientDeps,
	{ userName, hourlyLimits }: Account,
	recipients: readonly string[],
): Promise<TakenRecipients> {
	const window = hourWindow(deps.now());
	const counters = (Object.keys(ownerOf) as RecipientLimit[]).flatMap((limit) => {
		const max = hourlyLimits[limit];
		return max === null ? [] : recipientCounter(deps.quotas, window, { userName, limit, max }, recipients);
	});
	const over = new Map<number, OverRecipient>();
	const giveBack = async (indexes: readonly number[]) => {
		await Promise.all(counters.map(async (counter) => await counter.giveBack(indexes)));
	};
	try {
		for (const { rule, take } of counters) {
			const refused = await take([...recipients.keys()].filter((index) => !over.has(index)));
			const outcome = { kind: "over", ...rule, afterMs: Math.max(0, window.endsAt - deps.now()) } as const;
			for (const index of refused) over.set(index, outcome);
		}
	} catch (error) {
		await giveBack([...recipients.keys()]);
		throw error;
	}
	await giveBack([...over.keys()]);
	return { over, giveBack };
}

const counterName = (window: QuotaWindow, limit: RecipientLimit, owner: string, userName: string) =>
	`${window.name}#${limit}#${owner}#${userName}`;

/** The names of all counters of a recipient that may still exist, for these accounts. */
export function recipientCounters(recipient: string, userNames: readonly string[], now: number): readonly string[] {
	const hours = [0, 1, 2].map((ago) => hourWindow(now - ago * keepMs));
	return userNames.flatMap((userName) => hours.map((hour) => counterName(hour, "perRecipient", recipient, userName)));
}

type CounterRule = { readonly limit: RecipientLimit; readonly max: number };

/** One limit of a request's recipients. It knows which of them hold a count. */
function recipientCounter(
	quotas: QuotaStore,
	window: QuotaWindow,
	{ userName, limit, max }: CounterRule & { readonly userName: string },
	recipients: readonly string[],
) {
	const counted = new Set<number>();
	const change = async (owner: string, count: number) =>
		await quotas.take(counterName(window, limit, owner, userName), count, max, window.endsAt + keepMs);
	const groupsOf = (indexes: readonly number[]) => [
		...Map.groupBy(indexes, (index) => ownerOf[limit](recipients[index] ?? "")),
	];

	/** Takes as many as are left, in few calls. */
	async function takeMost(owner: string, indexes: readonly number[]): Promise<void> {
		let granted = 0;
		let wanted = Math.min(indexes.length, max);
		while (wanted > 0) {
			const isGranted = await change(owner, wanted);
			if (isGranted) {
				for (const index of indexes.slice(granted, granted + wanted)) counted.add(index);
				granted += wanted;
			}
			wanted = isGranted ? Math.min(wanted, indexes.length - granted) : Math.floor(wanted / 2);
		}
	}

	return {
		rule: { limit, max },
		/** @returns the indexes that are over the limit. */
		async take(indexes: readonly number[]): Promise<readonly number[]> {
			const taken = await Promise.allSettled(groupsOf(indexes).map(async ([owner, own]) => await takeMost(owner, own)));
			for (const one of taken) if (one.status === "rejected") throw one.reason;
			return indexes.filter((index) => !counted.has(index));
		},
		/** Of those that hold a count. A failure leaves them counted: it is no reason to fail an accepted message. */
		async giveBack(indexes: readonly number[]): Promise<void> {
			const own = indexes.filter((index) => counted.delete(index));
			await Promise.all(
				groupsOf(own).map(async ([owner, { length }]) => await change(owner, -length).catch(() => undefined)),
			);
		},
	};
}
