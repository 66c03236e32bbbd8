import type { Clock } from "../../clock.ts";
import type { Message } from "../../domain/message/message.ts";
import { timelineOf } from "../../domain/message/timeline.ts";
import type { Timeline } from "../../domain/message/timeline-event.ts";
import { reportBatchesOf } from "../../domain/message/timeline-reports.ts";
import type { ReportAttemptStore } from "../reports/report-attempt-store.ts";

export type TimelineDeps = { readonly reportAttempts: Pick<ReportAttemptStore, "of">; readonly now: Clock };

/** The timeline of a message that was read. One read more: the attempts of its reports. */
export async function readTimeline({ reportAttempts, now }: TimelineDeps, message: Message): Promise<Timeline> {
	const ids = reportBatchesOf(message);
	const reports = ids.length === 0 ? new Map() : await reportAttempts.of(ids);
	return timelineOf(message, reports, now());
}
