import type { Clock } from "../../clock.ts";
import {
	afterAnswer,
	type CachedQuota,
	cachedFor,
	type QuotaWindow,
	takeCached,
	withReturned,
} from "../../domain/limits/quota.ts";
import type { QuotaStore } from "./quota-store.ts";

export type QuotaRule = {
	readonly windowOf: (now: number) => QuotaWindow;
	/** The largest part of a limit that one process takes ahead. */
	readonly aheadPart: number;
};

export type QuotaOutcome =
	/** `giveBack`: for what turned out not to be needed. It counts for the window in which it was taken. */
	{ readonly kind: "taken"; giveBack(count: number): void } | { readonly kind: "over"; readonly afterMs: number };

/** What this process holds of one limit of one account. If it is too little, callers share one call to the counter. */
export type QuotaCache = {
	take(count: number, max: number): Promise<QuotaOutcome>;
};

/** Counters outlive their window because clocks differ, and a deleted counter would start from 0. */
const keepMs = 60 * 60_000;

export function quotaCacheFor(
	deps: { readonly quotas: QuotaStore; readonly now: Clock },
	userName: string,
	{ windowOf, aheadPart }: QuotaRule,
): QuotaCache {
	const { quotas, now } = deps;
	let cached: CachedQuota | undefined;
	let asking: Promise<void> | null = null;
	let pending = 0;

	async function ask(wanted: number, max: number, { name, endsAt }: QuotaWindow, cachedWindow: string): Promise<void> {
		const isGranted = await quotas.take(`${name}#${userName}`, wanted, max, endsAt + keepMs);
		if (cached?.window === cachedWindow) cached = afterAnswer(cached, wanted, isGranted);
	}

	function giveBack(count: number, cachedWindow: string): void {
		if (cached?.window === cachedWindow) cached = withReturned(cached, count);
	}

	/** Null: the counter was asked, try again. */
	async function step(count: number, max: number): Promise<QuotaOutcome | null> {
		const window = windowOf(now());
		/* The maximum is part of the key: what is known of an old limit does not hold for a new one. */
		const cachedWindow = `${window.name}#${max}`;
		cached = cachedFor(cached, cachedWindow);
		const taken = takeCached(cached, count, pending, { max, aheadMax: Math.floor(max * aheadPart) });
		if (taken.kind === "over") return { kind: "over", afterMs: window.endsAt - now() };
		if (taken.kind === "taken") {
			cached = taken.cached;
			return { kind: "taken", giveBack: (back) => giveBack(back, cachedWindow) };
		}
		asking ??= ask(taken.wanted, max, window, cachedWindow).finally(() => {
			asking = null;
		});
		await asking;
		return null;
	}

	return {
		async take(count, max) {
			pending += count;
			try {
				for (;;) {
					const outcome = await step(count, max);
					if (outcome !== null) return outcome;
				}
			} finally {
				pending -= count;
			}
		},
	};
}
