import type { LaneNote } from "#shared/contracts/lane-note.ts";
import type { Lane, LaneName } from "#shared/domain/message/lanes.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";

/** Counts what a task receives from an operator's lanes, so that queue depths can be told in messages. */
export type LaneTally = {
	received(lane: Pick<Lane, "name">, entries: readonly LaneEntry[]): void;
	/** What was received lately: of each call before, half counts. Null if nothing was received at all. */
	note(): LaneNote | null;
};

const accountsShown = 5;
const accountsMax = 1_000;

type Counted = { entries: number; messages: number };

export function laneTally(): LaneTally {
	const byLane = new Map<LaneName, Counted>();
	const byAccount = new Map<string, number>();
	return {
		received({ name }, entries) {
			const counted = byLane.get(name) ?? { entries: 0, messages: 0 };
			byLane.set(name, counted);
			for (const { sendJob } of entries) {
				const { userName, messageIds } = sendJob;
				counted.entries += 1;
				counted.messages += messageIds.length;
				const known = byAccount.get(userName);
				if (known !== undefined || byAccount.size < accountsMax)
					byAccount.set(userName, (known ?? 0) + messageIds.length);
			}
		},
		note() {
			if (byLane.size === 0) return null;
			const means = [...byLane].map(([name, { entries, messages }]) => [name, messages / entries] as const);
			const all = [...byAccount.values()].reduce((sum, messages) => sum + messages, 0);
			const most = [...byAccount].toSorted(([, one], [, other]) => other - one).slice(0, accountsShown);
			halve(byLane, byAccount);
			return {
				entry_size: Object.fromEntries(means.map(([name, mean]) => [name, Math.round(mean * 100) / 100])),
				accounts: most.map(([account, messages]) => ({ account, share: Math.round((messages / all) * 100) / 100 })),
			};
		},
	};
}

function halve(byLane: ReadonlyMap<LaneName, Counted>, byAccount: Map<string, number>): void {
	/* The mean stays known, however long nothing is received. */
	for (const counted of byLane.values()) {
		counted.entries /= 2;
		counted.messages /= 2;
	}
	for (const [account, messages] of byAccount) {
		if (messages < 2) byAccount.delete(account);
		else byAccount.set(account, messages / 2);
	}
}
