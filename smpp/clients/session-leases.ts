import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "#shared/clock.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import { sessionHolder } from "#shared/domain/lease-names.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import type { Log } from "#shared/log.ts";
import type { AccountStore } from "#shared/usecases/accounts/account-store.ts";
import { cachedAccounts } from "#shared/usecases/accounts/cached-accounts.ts";
import { type SessionClaim, type SessionLease, sessionExpiryMs, sessionLeaseOn } from "./session-lease.ts";
import { placesOf, type SessionPlace } from "./session-places.ts";
import { askTask, taskPresence } from "./task-presence.ts";

export type SessionLeases = {
	/** Null if the account has its maximum of sessions, and all of them are alive. */
	take(account: Account, claim: SessionClaim): Promise<SessionLease | null>;
};

export type SessionLeasesDeps = {
	readonly leases: LeaseStore;
	/** Uncached; this module caches what it reads. */
	readonly accounts: AccountStore;
	readonly task: string;
	readonly now: Clock;
	readonly log: Log;
};

/** A session that ends at another task while its client binds here is released within this. */
const settleMs = 250;

type HeldHere = {
	readonly userName: string;
	readonly isAlive: () => Promise<boolean>;
	/** Set when the session has ended. */
	released: Promise<void> | undefined;
};

/**
 * Limits an account's sessions over all tasks by leases `session#<user>#<n>`, with n below the account's limit. A lease
 * counts while its task is present, so a session costs no renewals (ADR 0076).
 */
export function openSessionLeases(deps: SessionLeasesDeps): SessionLeases {
	const { leases, task, now } = deps;
	const recentAccounts = cachedAccounts(deps.accounts, now);
	const heldHere = new Map<string, HeldHere>();
	const presence = taskPresence({ ...deps, onAsked: checkSessionsHere });
	let taken = 0;

	/** Ends the sessions here that are dead, and waits for those that are ending. Never rejects. */
	async function checkSessionsHere(userName: string): Promise<void> {
		const own = [...heldHere.values()].filter((one) => one.userName === userName);
		await Promise.all(
			own.map(async (one) => {
				if (one.released === undefined && (await one.isAlive())) return;
				await one.released;
			}),
		);
	}

	async function takeOne(account: Account, claim: SessionClaim, place: SessionPlace): Promise<SessionLease | null> {
		taken += 1;
		const holder = sessionHolder(task, taken);
		const held: HeldHere = { userName: account.userName, isAlive: claim.isAlive, released: undefined };
		const hold = async () => await leases.hold(place.lease, holder, now(), now() + sessionExpiryMs);
		const forget = () => {
			heldHere.delete(place.lease);
			presence.sessionEnded();
		};
		heldHere.set(place.lease, held);
		let isHeld = false;
		try {
			await presence.sessionBegins();
			if (place.deadHolder !== undefined) await leases.release(place.lease, place.deadHolder);
			isHeld = await hold();
		} finally {
			if (!isHeld) forget();
		}
		if (!isHeld) return null;
		const onReleasing = (released: Promise<void>) => {
			held.released = released.finally(forget);
		};
		return sessionLeaseOn({ ...deps, recentAccounts, account, claim, place, holder, hold, presence, onReleasing });
	}

	async function takeFree(account: Account, claim: SessionClaim): Promise<SessionLease | readonly string[]> {
		const { free, otherTasks } = await placesOf(deps, account);
		for (const place of free) {
			const sessionLease = heldHere.has(place.lease) ? null : await takeOne(account, claim, place);
			if (sessionLease !== null) return sessionLease;
		}
		return otherTasks;
	}

	return {
		async take(account, claim) {
			const first = await takeFree(account, claim);
			if ("account" in first) return first;
			for (const other of first) await askTask(leases, other, account.userName, now());
			await Promise.all([checkSessionsHere(account.userName), first.length > 0 ? sleep(settleMs) : undefined]);
			const second = await takeFree(account, claim);
			return "account" in second ? second : null;
		},
	};
}
