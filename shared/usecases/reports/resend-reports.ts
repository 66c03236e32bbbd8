import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import { walkDeadLetters } from "../dead-letters/walk-dead-letters.ts";
import type { DeadReport, DeadReports } from "./dead-reports.ts";
import type { ReportQueue } from "./report-queue.ts";

export type ResendDeps = {
	readonly deadLetters: DeadReports;
	readonly reports: ReportQueue;
	readonly now: Clock;
	readonly log: Log;
};

/** The account, and the time at which its reports became dead letters, both ends included. */
export type ResendOrder = { readonly userName: string; readonly from: number; readonly to: number };

export type Resent = {
	readonly resent: number;
	/** Dead letters of other accounts or times, which stay. */
	readonly left: number;
	/** False if there were more than one run handles; another run may find the rest. */
	readonly complete: boolean;
};

/**
 * Moves dead reports back to the reports queue, as if never tried (A40). Each is queued before it is removed from the
 * dead letters, so a run that dies sends some twice and loses none.
 */
export async function resendReports(deps: ResendDeps, order: ResendOrder): Promise<Resent> {
	const { deadLetters, reports, now, log } = deps;
	const { userName, from, to } = order;
	const isWanted = ({ reportBatch, deadSince }: DeadReport) =>
		reportBatch?.userName === userName && deadSince >= from && deadSince <= to;
	const { taken, left, complete } = await walkDeadLetters(deadLetters, now, async (held) => {
		const wanted = held.filter(isWanted);
		await reports.send(
			wanted.flatMap(({ reportBatch }) => (reportBatch === null ? [] : [{ ...reportBatch, tries: 0 }])),
		);
		return wanted;
	});
	log.info("reports.resent", { user_name: userName, resent: taken, left, complete });
	return { resent: taken, left, complete };
}
