import { usualState } from "../receipts/receipt-states.ts";
import { waitsBetween } from "../schedule/past-waits.ts";
import { waitOf } from "../schedule/waits-for.ts";
import { failuresOf, receiptOf } from "./history.ts";
import type { HistoryEntry } from "./history-entry.ts";
import type { Message, Segment } from "./message.ts";
import { isFullySubmitted } from "./message-transitions.ts";
import { isFinal } from "./statuses.ts";
import { event, type Standing, type Timeline, type TimelineEvent } from "./timeline-event.ts";
import { type ReportsById, reporting, reportStanding } from "./timeline-reports.ts";

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
	const inOrder = events.toSorted((one, other) => one.at - other.at || placeOf(one) - placeOf(other));
	return { events: inOrder, standing: standingOf(message, reports, now) };
}

/** At the same time, an end comes after the receipt that caused it, and a report after what it reports. */
function placeOf({ kind }: TimelineEvent): number {
	if (kind === "reported" || kind === "report_failed" || kind === "report_given_up") return 2;
	return kind === "ended" || kind === "withdrawn" ? 1 : 0;
}

function acceptance({ acceptedAt, smpp, clientAddress, batchId }: Message): TimelineEvent {
	const channel = smpp === null ? "rest" : "smpp";
	return event("accepted", acceptedAt, { channel, address: smpp?.address ?? clientAddress, batchId });
}

/** When its last submit was answered, it was given up, or it ended: it waits for no window after that. */
function waitedUntil(message: Message, now: number): number {
	const { acceptedAt, status, statusAt, sentAt, history } = message;
	const usedUp = history.find(({ kind }) => kind === "repeats_used_up");
	if (usedUp !== undefined) return acceptedAt + usedUp.afterMs;
	if (status === "NEW") return now;
	return isFullySubmitted(message) || isRefused(message) ? (sentAt ?? statusAt) : statusAt;
}

/** By its SMSC, in the answer to a submit. A receipt may say the same of a submit without an answer. */
const isRefused = ({ status, confirmedAt, segments }: Message) =>
	confirmedAt === null &&
	isFinal(status) &&
	status !== "EXPIRED" &&
	status !== "DELETED" &&
	!segments.some((segment) => segment.status === status);

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
	const { sentAt, confirmedAt, segments, operator, bindIndex } = message;
	if (sentAt === null || (confirmedAt === null && segments.length === 0 && !isRefused(message))) return [];
	return [event("submitted", sentAt, { operator, bindIndex, attempt: attemptsOf(message) }), ...confirmation(message)];
}

/** A segment without an id was not confirmed, unless all were: a receipt named a copy that its SMSC did not answer. */
function confirmation({ sentAt, confirmedAt, segments }: Message): readonly TimelineEvent[] {
	if (confirmedAt !== null) {
		const smscIds = segments.map(({ smscId }) => smscId);
		return [event("confirmed", confirmedAt, { smscIds, isComplete: true })];
	}
	const own = segments.filter(({ smscId }) => smscId !== "");
	if (own.length === 0) return [];
	const times = own.flatMap(({ status, statusAt }) => (status === "SENT" ? statusAt : []));
	const at = times.length > 0 ? Math.max(...times) : (sentAt ?? 0);
	return [event("confirmed", at, { smscIds: own.map(({ smscId }) => smscId), isComplete: false })];
}

function attemptsOf({ history, retryCount }: Message): number {
	const failed = history.reduce((sum, entry) => sum + failuresOf(entry), 0);
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

function standingOf(message: Message, reports: ReportsById, now: number): Standing {
	if (isFinal(message.status)) return reportStanding(message, reports, now);
	const { waitsUntil, refused } = message;
	const wait = waitOf(message, now);
	if (wait.kind !== "lane") return wait;
	if (waitsUntil !== null && waitsUntil > now) return { kind: "other_submit", until: waitsUntil };
	return { kind: "lane", errorCode: refused?.code ?? null };
}
