import type { Clock } from "../../clock.ts";
import { walkDeadLetters } from "../dead-letters/walk-dead-letters.ts";
import type { DeadReports } from "./dead-reports.ts";

/** The dead letters of one account's reports. */
export type AccountDeadReports = {
	/** Null: entries that are not reports. */
	readonly userName: string | null;
	readonly reportBatches: number;
	readonly messages: number;
	readonly firstDeadSince: number;
	readonly lastDeadSince: number;
};

/** Lists dead reports by account and leaves them in place. While it runs, they are invisible to others. */
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
