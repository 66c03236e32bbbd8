import type { Clock } from "../../clock.ts";
import { walkDeadLetters } from "../dead-letters/walk-dead-letters.ts";
import type { DeadReports } from "./dead-reports.ts";

/** One account's reports that were given up. */
export type AccountDeadReports = {
	/** Null: what is no report. */
	readonly userName: string | null;
	readonly reportBatches: number;
	readonly messages: number;
	readonly firstDeadSince: number;
	readonly lastDeadSince: number;
};

/** Which reports rest, by account: all rest where they were. While it looks nobody else sees those that it saw. */
export async function listDeadReports(
	deadLetters: DeadReports,
	now: Clock,
): Promise<{ readonly accounts: readonly AccountDeadReports[]; readonly complete: boolean }> {
	const byName = new Map<string | null, AccountDeadReports>();
	const { complete } = await walkDeadLetters(deadLetters, now, async (held) => {
		for (const { reportBatch, deadSince } of held) {
			const userName = reportBatch?.userName ?? null;
			const known = byName.get(userName);
			byName.set(userName, {
				userName,
				reportBatches: (known?.reportBatches ?? 0) + 1,
				messages: (known?.messages ?? 0) + (reportBatch?.messageIds.length ?? 0),
				firstDeadSince: Math.min(known?.firstDeadSince ?? deadSince, deadSince),
				lastDeadSince: Math.max(known?.lastDeadSince ?? deadSince, deadSince),
			});
		}
		return [];
	});
	return { accounts: [...byName.values()], complete };
}
