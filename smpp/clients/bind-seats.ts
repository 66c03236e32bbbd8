import type { Account } from "#shared/domain/account.ts";
import type { AccountStore, Clock, LeaseStore, Log } from "#shared/ports.ts";
import { remembered } from "#shared/usecases/remembered.ts";
import { whyNotBound } from "./may-bind.ts";

/** One of the sessions that an account may have at once, over all tasks. */
export type BindSeat = {
	/** The account as it was at most a minute ago. */
	readonly account: Account;
	/** Resolves, with why, when this session may no longer be; never where it is released before. */
	readonly lost: Promise<string>;
	release(): Promise<void>;
};

export type BindSeats = {
	/** Null where the account has as many sessions as it may. The session is lost when its address may no longer bind. */
	take(account: Account, address: string): Promise<BindSeat | null>;
};

export type SeatsDeps = {
	readonly leases: LeaseStore;
	/** As they are now: what is read of them is remembered here. */
	readonly accounts: AccountStore;
	/** A name that no other task has. */
	readonly task: string;
	readonly now: Clock;
	readonly log: Log;
};

/** A task that died keeps its clients' seats for so long; a live one renews them three times as often. */
const leaseMs = 30_000;
const renewMs = leaseMs / 3;

/** Counts the sessions of accounts over all tasks: each holds a lease `client#<user>#<n>`, with n below the account's limit. */
export function bindSeats(deps: SeatsDeps): BindSeats {
	const { leases, task, now } = deps;
	const known = remembered(deps.accounts, now);
	const here = new Set<string>();
	let taken = 0;

	async function hold(lease: string, holder: string): Promise<boolean> {
		return await leases.hold(lease, holder, now(), now() + leaseMs);
	}

	async function takeOne(claim: Claim, lease: string): Promise<BindSeat | null> {
		taken += 1;
		const holder = `${task}#${taken}`;
		here.add(lease);
		const isOurs = await hold(lease, holder).catch((error: unknown) => {
			here.delete(lease);
			throw error;
		});
		if (isOurs) return seatOn({ ...deps, known, claim, lease, holder, hold, leave: () => here.delete(lease) });
		here.delete(lease);
		return null;
	}

	return {
		async take(account, address) {
			for (let place = 0; place < (account.smpp?.bindsMax ?? 0); place += 1) {
				const lease = `client#${account.userName}#${place}`;
				const seat = here.has(lease) ? null : await takeOne({ account, address, place }, lease);
				if (seat !== null) return seat;
			}
			return null;
		},
	};
}

/** Who asks for which of an account's places. */
type Claim = { readonly account: Account; readonly address: string; readonly place: number };

/**
 * Why a session may no longer be, by its account as it is now. Of more than it may have by now those with the last places go: for the most part
 * those that came last.
 */
function whyNoLonger(found: Account | null, { address, place }: Claim): string | null {
	if (found === null) return "there is no such account any more";
	const bindsMax = found.smpp?.bindsMax ?? 0;
	return whyNotBound(found, address) ?? (place < bindsMax ? null : tooMany(bindsMax));
}

export const tooMany = (bindsMax: number) => `more than ${bindsMax} binds`;

type Held = SeatsDeps & {
	/** Accounts as they were at most a minute ago. */
	readonly known: AccountStore;
	readonly claim: Claim;
	readonly lease: string;
	readonly holder: string;
	readonly hold: (lease: string, holder: string) => Promise<boolean>;
	readonly leave: () => void;
};

function seatOn({ claim, lease, holder, hold, leave, leases, accounts, known, log }: Held): BindSeat {
	const lost = Promise.withResolvers<string>();
	let current = claim.account;
	let released = false;

	/* What is remembered is enough to stay by, but not to go by: the account's limit may have been raised since, or a network added. */
	async function judged(): Promise<Account | null> {
		const { userName } = claim.account;
		const found = await known.find(userName);
		return whyNoLonger(found, claim) === null ? found : await accounts.find(userName);
	}

	async function renew(): Promise<void> {
		const [isOurs, found] = await Promise.all([hold(lease, holder), judged()]);
		if (released) return;
		const why = isOurs ? whyNoLonger(found, claim) : "its place was taken";
		if (why !== null) lost.resolve(why);
		else current = found ?? current;
	}

	/* While nothing can be renewed the session stays: better one too many than none. */
	const renewing = setInterval(() => {
		void renew().catch((err: unknown) => log.warn("client.unrenewed", { lease, err }));
	}, renewMs);
	return {
		get account() {
			return current;
		},
		lost: lost.promise,
		async release() {
			if (released) return;
			released = true;
			clearInterval(renewing);
			leave();
			/* A lease that cannot be given back lapses. */
			await leases.release(lease, holder).catch((err: unknown) => log.warn("client.unreleased", { lease, err }));
		},
	};
}
