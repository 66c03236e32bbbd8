import type { Account } from "#shared/domain/accounts/account.ts";
import { presenceLease, sessionLease, taskOf } from "#shared/domain/lease-names.ts";
import type { LeaseStore } from "#shared/flow/lease-store.ts";

/** SMPP sessions by account, over all tasks: those whose task is present. */
export async function sessionCounts(
	leases: Pick<LeaseStore, "holders">,
	accounts: readonly Account[],
	now: number,
): Promise<ReadonlyMap<string, number>> {
	const names = accounts.map(({ userName, smpp }) =>
		Array.from({ length: smpp?.bindsMax ?? 0 }, (_, index) => sessionLease(userName, index)),
	);
	const holders = await leases.holders(names.flat(), now);
	const tasks = [...new Set([...holders.values()].map(taskOf))];
	const present = new Set((await leases.holders(tasks.map(presenceLease), now)).values());
	const isLive = (lease: string) => present.has(taskOf(holders.get(lease) ?? ""));
	return new Map(accounts.map(({ userName }, index) => [userName, names[index]?.filter(isLive).length ?? 0]));
}
