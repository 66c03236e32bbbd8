import type { Account } from "#shared/domain/accounts/account.ts";
import { sessionLease, taskOf } from "#shared/domain/lease-names.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import { presentAmong } from "./task-presence.ts";

/** The n-th session that an account may have. */
export type SessionPlace = {
	readonly lease: string;
	readonly sessionIndex: number;
	/** A holder whose task has died. */
	readonly deadHolder: string | undefined;
};

const namesOf = (userName: string, smpp: Account["smpp"]) =>
	Array.from({ length: smpp?.bindsMax ?? 0 }, (_, index) => sessionLease(userName, index));

type Deps = { readonly leases: LeaseStore; readonly task: string; readonly now: () => number };

/**
 * The places of an account that no other present task holds, and the tasks that hold the rest. Those that this task holds
 * are among the free ones.
 */
export async function placesOf({ leases, task, now }: Deps, { userName, smpp }: Account) {
	const names = namesOf(userName, smpp);
	const holders = await leases.holders(names, now());
	const tasks = new Set([...holders.values()].map(taskOf));
	tasks.delete(task);
	const present = await presentAmong(leases, [...tasks], now());
	const isFree = (lease: string) => !present.has(taskOf(holders.get(lease) ?? ""));
	const free = names.flatMap((lease, sessionIndex): readonly SessionPlace[] =>
		isFree(lease) ? [{ lease, sessionIndex, deadHolder: holders.get(lease) }] : [],
	);
	return { free, otherTasks: [...present] };
}

/** How long a reading of an account's sessions is used again; less if it misses one, which may have begun since. */
const rememberedMs = 5_000;
const missingMs = 1_000;
const rememberedMax = 10_000;

type Reading = { readonly sessions: Promise<ReadonlySet<string>>; readonly at: number };

/** Reads the live sessions of accounts, over all tasks, at most every second. None if they cannot be read. */
export function liveSessionsReader({ leases, now }: Pick<Deps, "leases" | "now">) {
	const recent = new Map<string, Reading>();

	async function read({ userName, smpp }: Account): Promise<ReadonlySet<string>> {
		const holders = [...(await leases.holders(namesOf(userName, smpp), now())).values()];
		const present = await presentAmong(leases, holders.map(taskOf), now());
		return new Set(holders.filter((holder) => present.has(taskOf(holder))));
	}

	async function isFresh({ sessions, at }: Reading, asked: readonly string[]): Promise<boolean> {
		const ageMs = now() - at;
		if (ageMs < missingMs || ageMs >= rememberedMs) return ageMs < missingMs;
		const live = await sessions;
		return asked.every((session) => live.has(session));
	}

	/** @param asked the sessions to find. */
	return async (account: Account, asked: readonly string[]): Promise<ReadonlySet<string>> => {
		const known = recent.get(account.userName);
		if (known !== undefined && (await isFresh(known, asked))) return await known.sessions;
		if (recent.size >= rememberedMax) recent.clear();
		const sessions = read(account).catch(() => new Set<string>());
		recent.set(account.userName, { sessions, at: now() });
		return await sessions;
	};
}
