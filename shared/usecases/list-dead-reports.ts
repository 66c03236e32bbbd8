import type { Clock, DeadReports } from "../ports.ts";
import { walkDeadLetters } from "./walk-dead-letters.ts";

/** One account's reports that were given up. */
export type DeadReportsOf = {
	/** Null: what is no report. */
	readonly userName: string | null;
	readonly packs: number;
	readonly messages: number;
	readonly firstDiedAt: number;
	readonly lastDiedAt: number;
};

/** Which reports rest, by account: all rest where they were. While it looks nobody else sees those that it saw. */
export async function listDeadReports(
	deadLetters: DeadReports,
	now: Clock,
): Promise<{ readonly accounts: readonly DeadReportsOf[]; readonly complete: boolean }> {
	const byName = new Map<string | null, DeadReportsOf>();
	const { complete } = await walkDeadLetters(deadLetters, now, async (held) => {
		for (const { pack, diedAt } of held) {
			const userName = pack?.userName ?? null;
			const known = byName.get(userName);
			byName.set(userName, {
				userName,
				packs: (known?.packs ?? 0) + 1,
				messages: (known?.messages ?? 0) + (pack?.messageIds.length ?? 0),
				firstDiedAt: Math.min(known?.firstDiedAt ?? diedAt, diedAt),
				lastDiedAt: Math.max(known?.lastDiedAt ?? diedAt, diedAt),
			});
		}
		return [];
	});
	return { accounts: [...byName.values()], complete };
}
