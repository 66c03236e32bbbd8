import type { Clock } from "#shared/clock.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import type { Log } from "#shared/log.ts";
import type { AccountStore } from "#shared/usecases/accounts/account-store.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { bindRefusalReason } from "./bind-refusal.ts";

/** One of the sessions that an account may have at once, over all tasks. */
export type SessionLease = {
	/** The account as it was at most a minute ago. */
	readonly account: Account;
	/** Resolves, with why, when this session may no longer be; never where it is released before. */
	readonly lost: Promise<string>;
	release(): Promise<void>;
};

export type SessionLeases = {
	/** Null where the account has as many sessions as it may. The session is lost when its address may no longer bind. */
	take(account: Account, address: string): Promise<SessionLease | null>;
};

export type SessionLeasesDeps = {
	readonly leases: LeaseStore;
	/** As they are now: what is read of them is remembered here. */
	readonly accounts: AccountStore;
	/** A name that no other task has. */
	readonly task: string;
	readonly now: Clock;
	readonly log: Log;
};

/** A task that died keeps its clients' session leases for so long; a live one renews them three times as often. */
const leaseMs = 30_000;
const renewMs = leaseMs / 3;

/** Counts the sessions of accounts over all tasks: each holds a lease `client#<user>#<n>`, with n below the account's limit. */
export function openSessionLeases(deps: SessionLeasesDeps): SessionLeases {
	const { leases, task, now } = deps;
	const recentAccounts = cachedAccounts(deps.accounts, now);
	const heldHere = new Set<string>();
	let taken = 0;

	async function hold(lease: string, holder: string): Promise<boolean> {
		return await leases.hold(lease, holder, now(), now() + leaseMs);
	}

	async function takeOne(claim: SessionClaim, lease: string): Promise<SessionLease | null> {
		taken += 1;
		const holder = `${task}#${taken}`;
		heldHere.add(lease);
		const isOurs = await hold(lease, holder).catch((error: unknown) => {
			heldHere.delete(lease);
			throw error;
		});
		if (isOurs)
			return sessionLeaseOn({
				...deps,
				recentAccounts,
				claim,
				lease,
				holder,
				hold,
				forget: () => heldHere.delete(lease),
			});
		heldHere.delete(lease);
		return null;
	}

	return {
		async take(account, address) {
			for (let sessionIndex = 0; sessionIndex < (account.smpp?.bindsMax ?? 0); sessionIndex += 1) {
				const lease = `client#${account.userName}#${sessionIndex}`;
				const sessionLease = heldHere.has(lease) ? null : await takeOne({ account, address, sessionIndex }, lease);
				if (sessionLease !== null) return sessionLease;
			}
			return null;
		},
	};
}

/** Who asks for which of an account's places. */
type SessionClaim = { readonly account: Account; readonly address: string; readonly sessionIndex: number };

/**
 * Why a session may no longer be, by its account as it is now. Of more than it may have by now those with the last places go: for the most part
 * those that came last.
 */
function sessionEndReason(found: Account | null, { address, sessionIndex }: SessionClaim): string | null {
	if (found === null) return "there is no such account any more";
	const bindsMax = found.smpp?.bindsMax ?? 0;
	return bindRefusalReason(found, address) ?? (sessionIndex < bindsMax ? null : tooManyBinds(bindsMax));
}

export const tooManyBinds = (bindsMax: number) => `more than ${bindsMax} binds`;

type TakenLease = SessionLeasesDeps & {
	/** Accounts as they were at most a minute ago. */
	readonly recentAccounts: AccountStore;
	readonly claim: SessionClaim;
	readonly lease: string;
	readonly holder: string;
	readonly hold: (lease: string, holder: string) => Promise<boolean>;
	readonly forget: () => void;
};

function sessionLeaseOn({
	claim,
	lease,
	holder,
	hold,
	forget,
	leases,
	accounts,
	recentAccounts,
	log,
}: TakenLease): SessionLease {
	const lost = Promise.withResolvers<string>();
	let current = claim.account;
	let released = false;

	/* What is remembered is enough to stay by, but not to go by: the account's limit may have been raised since, or a network added. */
	async function currentAccount(): Promise<Account | null> {
		const { userName } = claim.account;
		const found = await recentAccounts.find(userName);
		return sessionEndReason(found, claim) === null ? found : await accounts.find(userName);
	}

	async function renew(): Promise<void> {
		const [isOurs, found] = await Promise.all([hold(lease, holder), currentAccount()]);
		if (released) return;
		const why = isOurs ? sessionEndReason(found, claim) : "its place was taken";
		if (why !== null) lost.resolve(why);
		else current = found ?? current;
	}

	/* While nothing can be renewed the session stays: better one too many than none. */
	const renewing = setInterval(() => {
		void renew().catch((err: unknown) => log.warn("session_lease.renew_failed", { lease, err }));
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
			forget();
			/* A lease that cannot be given back lapses. */
			await leases
				.release(lease, holder)
				.catch((err: unknown) => log.warn("session_lease.release_failed", { lease, err }));
		},
	};
}
