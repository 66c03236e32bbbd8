import type { Clock } from "#shared/clock.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { renewUntilReleased } from "#shared/flow/lease-renewal.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import type { Log } from "#shared/log.ts";
import type { AccountStore } from "#shared/usecases/accounts/account-store.ts";
import { bindRefusalReason } from "./bind-refusal.ts";
import type { SessionPlace } from "./session-places.ts";
import type { TaskPresence } from "./task-presence.ts";

/** One of the sessions that an account may have at once, over all tasks. */
export type SessionLease = {
	/** The account as it was at most a minute ago. */
	readonly account: Account;
	/** The lease's holder: no other session has, or had, the same. */
	readonly holder: string;
	/** Resolves with the reason when the session must end; never after a release. */
	readonly lost: Promise<string>;
	/** Resolves when the lease is free. Never rejects: one that cannot be released is free when its task ends. */
	release(): Promise<void>;
};

/** The client that binds. */
export type SessionClaim = {
	/** The session is lost when this address may no longer bind. */
	readonly address: string;
	/** Whether the client still answers. If it does not, its session is closed and its lease released. Never rejects. */
	readonly isAlive: () => Promise<boolean>;
};

/** A lease counts for this long, and only while its task is present. */
export const sessionExpiryMs = 24 * 60 * 60_000;
const renewMs = 60 * 60_000;
const accountCheckMs = 10_000;

/** By the account as it is now. If the limit was lowered, the sessions with the highest numbers end. */
function sessionEndReason(found: Account | null, address: string, { sessionIndex }: SessionPlace): string | null {
	if (found === null) return "the account no longer exists";
	const bindsMax = found.smpp?.bindsMax ?? 0;
	return bindRefusalReason(found, address) ?? (sessionIndex < bindsMax ? null : tooManyBinds(bindsMax));
}

export const tooManyBinds = (bindsMax: number) => `more than ${bindsMax} binds`;

export type TakenLease = {
	readonly leases: Pick<LeaseStore, "release">;
	readonly accounts: AccountStore;
	readonly recentAccounts: AccountStore;
	readonly now: Clock;
	readonly log: Log;
	readonly account: Account;
	readonly claim: SessionClaim;
	readonly place: SessionPlace;
	readonly holder: string;
	readonly hold: () => Promise<boolean>;
	readonly presence: Pick<TaskPresence, "gaps">;
	/** Called once, with the release. */
	readonly onReleasing: (released: Promise<void>) => void;
};

export function sessionLeaseOn(taken: TakenLease): SessionLease {
	const { account, claim, place, holder, hold, presence, onReleasing, accounts, recentAccounts, now } = taken;
	const lost = Promise.withResolvers<string>();
	let current = account;
	let heldAt = now();
	let gapsBefore = presence.gaps;
	let released: Promise<void> | undefined;

	/* A cached account may keep a session but not end it: its limit or its networks may have changed since. */
	async function currentAccount(): Promise<Account | null> {
		const found = await recentAccounts.find(account.userName);
		return sessionEndReason(found, claim.address, place) === null ? found : await accounts.find(account.userName);
	}

	/** Writes the lease again only when it may have been taken, or gets old. */
	async function isOurs(): Promise<boolean> {
		const { gaps } = presence;
		if (gaps === gapsBefore && now() - heldAt < renewMs) return true;
		const isHeld = await hold();
		[heldAt, gapsBefore] = [now(), gaps];
		return isHeld;
	}

	/* While leases cannot be renewed the session stays: one too many harms less than none (docs/adr/0033). */
	const renewal = renewUntilReleased({
		...taken,
		...{ lease: place.lease, logName: "session_lease", everyMs: accountCheckMs, retryMs: accountCheckMs },
		async renew() {
			const [isStillOurs, found] = await Promise.all([isOurs(), currentAccount()]);
			if (renewal.released) return;
			const why = isStillOurs ? sessionEndReason(found, claim.address, place) : "another task took its lease";
			if (why !== null) lost.resolve(why);
			else current = found ?? current;
		},
	});
	return {
		get account() {
			return current;
		},
		holder,
		lost: lost.promise,
		async release() {
			if (released === undefined) {
				released = renewal.release();
				onReleasing(released);
			}
			await released;
		},
	};
}
