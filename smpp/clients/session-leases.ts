import type { Clock } from "#shared/clock.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { renewUntilReleased } from "#shared/flow/lease-renewal.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import { leaseTerms } from "#shared/flow/lease-terms.ts";
import type { Log } from "#shared/log.ts";
import type { AccountStore } from "#shared/usecases/accounts/account-store.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { bindRefusalReason } from "./bind-refusal.ts";

/** One of the sessions that an account may have at once, over all tasks. */
export type SessionLease = {
	/** The account as it was at most a minute ago. */
	readonly account: Account;
	/** Resolves with the reason when the session must end; never after a release. */
	readonly lost: Promise<string>;
	release(): Promise<void>;
};

export type SessionLeases = {
	/** Null if the account has its maximum of sessions. The session is lost when its address may no longer bind. */
	take(account: Account, address: string): Promise<SessionLease | null>;
};

export type SessionLeasesDeps = {
	readonly leases: LeaseStore;
	/** Uncached; this module caches what it reads. */
	readonly accounts: AccountStore;
	readonly task: string;
	readonly now: Clock;
	readonly log: Log;
};

/** The sessions of a dead task count for half a minute. A live task renews its leases every ten seconds. */
const { heartbeatMs, expiryMs } = leaseTerms(30);

/** Limits an account's sessions over all tasks by leases `client#<user>#<n>`, with n below the account's limit. */
export function openSessionLeases(deps: SessionLeasesDeps): SessionLeases {
	const { leases, task, now } = deps;
	const recentAccounts = cachedAccounts(deps.accounts, now);
	const heldHere = new Set<string>();
	let taken = 0;

	async function takeOne(claim: SessionClaim, lease: string): Promise<SessionLease | null> {
		taken += 1;
		const holder = `${task}#${taken}`;
		const hold = async () => await leases.hold(lease, holder, now(), now() + expiryMs);
		const forget = () => void heldHere.delete(lease);
		heldHere.add(lease);
		try {
			if (await hold()) return sessionLeaseOn({ ...deps, recentAccounts, claim, lease, holder, hold, forget });
		} catch (error) {
			forget();
			throw error;
		}
		forget();
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

type SessionClaim = { readonly account: Account; readonly address: string; readonly sessionIndex: number };

/** By the account as it is now. If the limit was lowered, the sessions with the highest numbers end. */
function sessionEndReason(found: Account | null, { address, sessionIndex }: SessionClaim): string | null {
	if (found === null) return "the account no longer exists";
	const bindsMax = found.smpp?.bindsMax ?? 0;
	return bindRefusalReason(found, address) ?? (sessionIndex < bindsMax ? null : tooManyBinds(bindsMax));
}

export const tooManyBinds = (bindsMax: number) => `more than ${bindsMax} binds`;

type TakenLease = SessionLeasesDeps & {
	readonly recentAccounts: AccountStore;
	readonly claim: SessionClaim;
	readonly lease: string;
	readonly holder: string;
	readonly hold: () => Promise<boolean>;
	readonly forget: () => void;
};

function sessionLeaseOn(taken: TakenLease): SessionLease {
	const { claim, hold, forget, accounts, recentAccounts } = taken;
	const lost = Promise.withResolvers<string>();
	let current = claim.account;

	/* A cached account may keep a session but not end it: its limit or its networks may have changed since. */
	async function currentAccount(): Promise<Account | null> {
		const { userName } = claim.account;
		const found = await recentAccounts.find(userName);
		return sessionEndReason(found, claim) === null ? found : await accounts.find(userName);
	}

	/* While leases cannot be renewed the session stays: one too many harms less than none (docs/adr/0033). */
	const renewal = renewUntilReleased({
		...taken,
		...{ logName: "session_lease", everyMs: heartbeatMs, retryMs: heartbeatMs },
		async renew() {
			const [isOurs, found] = await Promise.all([hold(), currentAccount()]);
			if (renewal.released) return;
			const why = isOurs ? sessionEndReason(found, claim) : "another task took its lease";
			if (why !== null) lost.resolve(why);
			else current = found ?? current;
		},
	});
	return {
		get account() {
			return current;
		},
		lost: lost.promise,
		async release() {
			if (renewal.released) return;
			forget();
			await renewal.release();
		},
	};
}
