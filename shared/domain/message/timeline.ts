import { usualState } from "../receipts/receipt-states.ts";
import type { ReportAttempts } from "../reports/report-attempts.ts";
import { type WindowWait, waitsBetween } from "../schedule/past-waits.ts";
import { waitOf } from "../schedule/waits-for.ts";
import { receiptOf } from "./history.ts";
import type { HistoryEntry } from "./history-entry.ts";
import type { Message, Segment } from "./message.ts";
import { isFullySubmitted } from "./message-transitions.ts";
import type { Operator } from "./operators.ts";
import { isFinal, type MessageStatus } from "./statuses.ts";

type Details = {
	readonly accepted: {
		readonly channel: "rest" | "smpp";
		/** Of the client; null: not known. */
		readonly address: string | null;
		readonly batchId: number | null;
	};
	readonly waits: Omit<WindowWait, "at">;
	/** Its time came, and it was queued for its operator. */
	readonly released: object;
	/** It was set aside, because its batch was paused. */
	readonly paused: object;
	/** An SMPP task took it from its lane. */
	readonly picked_up: object;
	readonly refused_for_now: {
		readonly errorCode: string;
		readonly bindIndex: number | null;
		/** In a row. */
		readonly times: number;
		readonly lastAt: number;
	};
	readonly unanswered: { readonly bindIndex: number | null };
	readonly repeats_used_up: object;
	readonly left_out: { readonly count: number };
	readonly submitted: {
		readonly operator: Operator | null;
		readonly bindIndex: number | null;
		/** From 1, over all its segments. */
		readonly attempt: number;
	};
	/** Its SMSC accepted all of it, or the segments that these ids are of. */
	readonly confirmed: { readonly smscIds: readonly string[]; readonly isComplete: boolean };
	readonly receipt: {
		/** Which segments it is of, from 1. */
		readonly segments: readonly number[];
		readonly smscId: string;
		readonly status: MessageStatus;
		readonly errorCode: string | null;
		/** As the SMSC wrote them; the error is null if it gave none. */
		readonly stat: string;
		readonly err: string | null;
	};
	readonly ended: { readonly status: MessageStatus; readonly errorCode: string | null; readonly detail: string | null };
	readonly withdrawn: object;
	/** `of`: the status that the report is of. */
	readonly report_failed: {
		readonly of: MessageStatus;
		readonly tries: number;
		readonly answer: string;
		readonly nextAt: number;
	};
	readonly report_given_up: { readonly of: MessageStatus; readonly tries: number; readonly answer: string };
	readonly reported: { readonly of: MessageStatus; readonly tries: number | null; readonly answer: string | null };
};

export type TimelineKind = keyof Details;

export const timelineKinds = [
	...([
		"accepted",
		"waits",
		"released",
		"paused",
		"picked_up",
		"refused_for_now",
		"unanswered",
		"repeats_used_up",
	] as const),
	...(["left_out", "submitted", "confirmed", "receipt", "ended", "withdrawn"] as const),
	...(["report_failed", "report_given_up", "reported"] as const),
] as const satisfies readonly TimelineKind[];

export type TimelineEvent<Kind extends TimelineKind = TimelineKind> = Kind extends TimelineKind
	? { readonly kind: Kind; readonly at: number } & Details[Kind]
	: never;

/** What a message waits for, and until when at the latest or when it goes on. */
export type Standing =
	| { readonly kind: "time_bounds" | "schedule" | "receipt" | "expiry" | "other_submit"; readonly until: number }
	/** It was set aside until its batch goes on. */
	| { readonly kind: "paused"; readonly since: number }
	/** Its turn in its lane. The code: of the last refusal, if its SMSC refuses it for now. */
	| { readonly kind: "lane"; readonly errorCode: string | null }
	/** It has ended, and its report is not confirmed. */
	| { readonly kind: "report"; readonly nextAt: number | null }
	| { readonly kind: "nothing" };

export const standingKinds = [
	...(["time_bounds", "schedule", "paused", "lane", "other_submit", "receipt", "expiry", "report", "nothing"] as const),
] as const satisfies readonly Standing["kind"][];

export type Timeline = { readonly events: readonly TimelineEvent[]; readonly standing: Standing };

export type ReportsById = ReadonlyMap<string, ReportAttempts>;

function event<Kind extends TimelineKind>(kind: Kind, at: number, details: Details[Kind]): TimelineEvent {
	return { kind, at, ...details } as unknown as TimelineEvent;
}

/** What happened to a message, oldest first, and what it waits for now. Most of it follows from its row (ADR 0113). */
export function timelineOf(message: Message, reports: ReportsById, now: number): Timeline {
	const events = [
		acceptance(message),
		...waiting(message, now),
		...(message.pausedAt === null ? [] : [event("paused", message.pausedAt, {})]),
		...message.history.flatMap((entry) => eventOf(message, entry)),
		...submission(message),
		...lastReceipts(message),
		...ending(message),
		...reporting(message, reports),
	];
	return { events: events.sort((one, other) => one.at - other.at), standing: standingOf(message, reports, now) };
}

function acceptance({ acceptedAt, smpp, clientAddress, batchId }: Message): TimelineEvent {
	const channel = smpp === null ? "rest" : "smpp";
	return event("accepted", acceptedAt, { channel, address: smpp?.address ?? clientAddress, batchId });
}

/** When its last submit was made, it was given up, or it ended: it waits for no window after that. */
function waitedUntil({ acceptedAt, status, statusAt, sentAt, history }: Message, now: number): number {
	const usedUp = history.find(({ kind }) => kind === "repeats_used_up");
	if (usedUp !== undefined) return acceptedAt + usedUp.afterMs;
	if (status === "NEW") return now;
	return sentAt ?? statusAt;
}

function waiting(message: Message, now: number): readonly TimelineEvent[] {
	const end = waitedUntil(message, now);
	const { acceptedAt, sentAt, history } = message;
	const picks = history.flatMap(({ kind, afterMs }) => (kind === "picked_up" ? acceptedAt + afterMs : []));
	const lastSeen = Math.max(sentAt ?? 0, ...picks);
	return waitsBetween(message, end).flatMap(({ at, ...wait }) => [
		event("waits", at, wait),
		...(wait.reason !== "expiry" && lastSeen >= wait.until ? [event("released", wait.until, {})] : []),
	]);
}

function eventOf({ acceptedAt, segments }: Message, entry: HistoryEntry): readonly TimelineEvent[] {
	const at = acceptedAt + entry.afterMs;
	switch (entry.kind) {
		case "refused_for_now": {
			const { code: errorCode, bindIndex, times, lastAfterMs } = entry;
			return [event("refused_for_now", at, { errorCode, bindIndex, times, lastAt: acceptedAt + lastAfterMs })];
		}
		case "unanswered":
			return [event("unanswered", at, { bindIndex: entry.bindIndex })];
		case "left_out":
			return [event("left_out", at, { count: entry.count })];
		case "ended":
			return [event("ended", at, { status: entry.status, errorCode: entry.errorCode, detail: null })];
		case "receipt":
			return [receiptEvent(entry, acceptedAt, segments, [entry.segmentIndex])];
		default:
			return [event(entry.kind, at, {})];
	}
}

function submission(message: Message): readonly TimelineEvent[] {
	const { status, statusAt, sentAt, confirmedAt, segments, operator, bindIndex } = message;
	const isRefused = isFinal(status) && status !== "EXPIRED" && status !== "DELETED";
	if (sentAt === null || (confirmedAt === null && segments.length === 0 && !isRefused)) return [];
	const smscIds = segments.map(({ smscId }) => smscId);
	const isComplete = isFullySubmitted(message);
	const isConfirmed = confirmedAt !== null || smscIds.length > 0;
	return [
		event("submitted", sentAt, { operator, bindIndex, attempt: attemptsOf(message) }),
		...(isConfirmed ? [event("confirmed", confirmedAt ?? Math.max(sentAt, statusAt), { smscIds, isComplete })] : []),
	];
}

function attemptsOf({ history, retryCount }: Message): number {
	const failed = history.reduce((sum, entry) => {
		if (entry.kind === "refused_for_now") return sum + entry.times;
		if (entry.kind === "left_out") return sum + entry.count;
		return sum + Number(entry.kind === "unanswered");
	}, 0);
	return Math.max(failed, retryCount) + 1;
}

function lastReceipts({ acceptedAt, segments }: Message): readonly TimelineEvent[] {
	return segments.flatMap((segment, index) => {
		if (segment.status === "SENT" || segment.byOther) return [];
		const others = segments.flatMap(({ byOther, statusAt }, other) =>
			byOther && statusAt === segment.statusAt ? other : [],
		);
		return [receiptEvent(receiptOf(segment, index, acceptedAt), acceptedAt, segments, [index, ...others])];
	});
}

function receiptEvent(
	{ afterMs, segmentIndex, status, errorCode, state, reason, copyId }: Extract<HistoryEntry, { kind: "receipt" }>,
	acceptedAt: number,
	segments: readonly Segment[],
	indexes: readonly number[],
): TimelineEvent {
	return event("receipt", acceptedAt + afterMs, {
		...{ segments: indexes.map((index) => index + 1), status, errorCode, err: reason },
		smscId: copyId ?? segments[segmentIndex]?.smscId ?? "",
		stat: state ?? usualState(status) ?? status,
	});
}

function ending(message: Message): readonly TimelineEvent[] {
	const { status, statusAt, errorCode, segments, refusalText: detail } = message;
	if (!isFinal(status)) return [];
	const isWithdrawn = status === "DELETED" && !segments.some((segment) => segment.status === "DELETED");
	if (isWithdrawn) return [event("withdrawn", statusAt, {})];
	return [event("ended", statusAt, { status, errorCode, detail })];
}

type ReportRef = readonly [reportBatchId: string | null, of: MessageStatus];

function reportRefs({ history, status, ...message }: Message): readonly ReportRef[] {
	return [
		[message.sentReportBatchId, "SENT"],
		[message.enRouteReportBatchId, "EN_ROUTE"],
		...history.flatMap((entry): readonly ReportRef[] =>
			entry.kind === "ended" ? [[entry.reportBatchId, entry.status]] : [],
		),
		[message.reportBatchId, status],
	];
}

/** The report batches of a message, whose attempts its timeline shows. */
export function reportBatchesOf(message: Message): readonly string[] {
	return [...new Set(reportRefs(message).flatMap(([id]) => id ?? []))];
}

function reporting(message: Message, reports: ReportsById): readonly TimelineEvent[] {
	return reportRefs(message).flatMap(([id, of]) => {
		const { failed = [], confirmed = null } = reports.get(id ?? "") ?? {};
		const failures = failed.map(({ at, nextAt, tries, answer }) =>
			nextAt === null
				? event("report_given_up", at, { of, tries, answer })
				: event("report_failed", at, { of, tries, answer, nextAt }),
		);
		if (!confirmed?.messageIds.has(message.messageId)) return failures;
		const { at, tries, answer } = confirmed;
		return [...failures, event("reported", at, { of, tries, answer })];
	});
}

function standingOf(message: Message, reports: ReportsById, now: number): Standing {
	if (isFinal(message.status)) return reportStanding(message, reports);
	const { waitsUntil, pausedAt, refused } = message;
	const wait = waitOf(message, now);
	if (wait.kind !== "lane") return wait;
	if (pausedAt !== null) return { kind: "paused", since: pausedAt };
	if (waitsUntil !== null && waitsUntil > now) return { kind: "other_submit", until: waitsUntil };
	return { kind: "lane", errorCode: refused?.code ?? null };
}

function reportStanding({ messageId, reportBatchId }: Message, reports: ReportsById): Standing {
	const { failed = [], confirmed = null } = reports.get(reportBatchId ?? "") ?? {};
	const last = failed.toSorted((one, other) => one.at - other.at).at(-1);
	const isOver = reportBatchId === null || confirmed?.messageIds.has(messageId) || last?.nextAt === null;
	return isOver ? { kind: "nothing" } : { kind: "report", nextAt: last?.nextAt ?? null };
}
