import { answered, givenBack, type Lease, leaseFor, takeFrom, type Window } from "../domain/allowance.ts";
import type { AllowanceStore, Clock } from "../ports.ts";

/** How a limit counts. */
export type Counting = {
	readonly windowOf: (now: number) => Window;
	/** The largest part of a limit that one process takes ahead. */
	readonly aheadPart: number;
};

export type PurseOutcome = "taken" | { readonly afterMs: number };

/** What this process holds of one limit of one account. Whoever finds too little in it waits while the counter is asked, once for all. */
export type Purse = {
	take(count: number, max: number): Promise<PurseOutcome>;
	giveBack(count: number): void;
};

/** Counters outlive their window, for clocks differ and a row that is gone counts from nothing. */
const keepMs = 60 * 60_000;

export function openPurse(
	deps: { readonly allowances: AllowanceStore; readonly now: Clock },
	userName: string,
	{ windowOf, aheadPart }: Counting,
): Purse {
	const { allowances, now } = deps;
	let lease: Lease | undefined;
	let asking: Promise<void> | null = null;
	let pending = 0;

	async function ask(wanted: number, max: number, { name, endsAt }: Window, leased: string): Promise<void> {
		const isGranted = await allowances.take(`${name}#${userName}`, wanted, max, endsAt + keepMs);
		if (lease?.window === leased) lease = answered(lease, wanted, isGranted);
	}

	/** Null where the counter had to be asked first. */
	async function step(count: number, max: number): Promise<PurseOutcome | null> {
		const window = windowOf(now());
		/* A limit that was changed begins anew: what was known of the old one does not hold. */
		const leased = `${window.name}#${max}`;
		lease = leaseFor(lease, leased);
		const taken = takeFrom(lease, count, pending, { max, aheadMax: Math.floor(max * aheadPart) });
		if (taken.kind === "over") return { afterMs: window.endsAt - now() };
		if (taken.kind === "taken") {
			lease = taken.lease;
			return "taken";
		}
		asking ??= ask(taken.wanted, max, window, leased).finally(() => {
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
		giveBack(count) {
			const isOfNow = lease?.window.startsWith(`${windowOf(now()).name}#`) ?? false;
			if (lease !== undefined && isOfNow) lease = givenBack(lease, count);
		},
	};
}
