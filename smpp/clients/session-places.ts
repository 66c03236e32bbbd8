import type { Account } from "#shared/domain/accounts/account.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";
import { presentAmong } from "./task-presence.ts";

/** The n-th session that an account may have. */
export type SessionPlace = {
	readonly lease: string;
	readonly sessionIndex: number;
	/** A holder whose task has died. */
	readonly deadHolder: string | undefined;
};

type Deps = { readonly leases: LeaseStore; readonly task: string; readonly now: () => number };

export const sessionHolder = (task: string, session: number) => `${task}#${session}`;

const taskOf = (holder: string) => holder.slice(0, holder.lastIndexOf("#"));

/**
 * The places of an account that no other present task holds, and the tasks that hold the rest. Those that this task holds
 * are among the free ones.
 */
export async function placesOf({ leases, task, now }: Deps, { userName, smpp }: Account) {
	const names = Array.from({ length: smpp?.bindsMax ?? 0 }, (_, index) => `session#${userName}#${index}`);
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
