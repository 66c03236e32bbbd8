import { type EntryOf, type HistoryEntry, historyEntry } from "./history-entry.ts";
import type { Message, Segment } from "./message.ts";
import { isFinal } from "./statuses.ts";

/** A message that is tried a thousand times keeps the first entries, the last ones, and a count of the failed submits among the others. */
const firstKept = 4;
const lastKept = 8;

/** The history with these entries. One that is there already is replaced: a write may be repeated. */
export function withEntries(history: readonly HistoryEntry[], added: readonly HistoryEntry[]): readonly HistoryEntry[] {
	let all = history;
	for (const entry of added) {
		const known = all.findIndex((one) => isSameEvent(one, entry));
		all = known < 0 ? [...all, entry] : all.with(known, entry);
	}
	return all === history ? history : bounded(all);
}

function isSameEvent(one: HistoryEntry, other: HistoryEntry): boolean {
	if (one.kind !== other.kind || one.afterMs !== other.afterMs) return false;
	if (one.kind === "refused_for_now") return one.code === (other as EntryOf<"refused_for_now">).code;
	return one.kind !== "receipt" || one.segmentIndex === (other as EntryOf<"receipt">).segmentIndex;
}

function bounded(all: readonly HistoryEntry[]): readonly HistoryEntry[] {
	const own = all.filter(({ kind }) => kind !== "left_out");
	const excess = own.length - firstKept - lastKept;
	if (excess <= 0) return all;
	const before = all.find((one) => one.kind === "left_out");
	const middle = own.slice(firstKept, firstKept + excess);
	/* Counts of reports follow from the ends, which are few. */
	const [ends, dropped] = [middle.filter(isEnd), middle.filter((one) => !isEnd(one))];
	if (dropped.length === 0) return all;
	const count = dropped.reduce((sum, one) => sum + failuresOf(one), before?.count ?? 0);
	const leftOut = historyEntry("left_out", before?.afterMs ?? dropped[0]?.afterMs ?? 0, { count });
	return [...own.slice(0, firstKept), leftOut, ...ends, ...own.slice(firstKept + excess)];
}

const isEnd = ({ kind }: HistoryEntry) => kind === "ended";

/** How many failed submits an entry stands for. */
export function failuresOf(entry: HistoryEntry): number {
	if (entry.kind === "refused_for_now") return entry.times;
	return entry.kind === "left_out" ? entry.count : Number(entry.kind === "unanswered");
}

type Accepted = Pick<Message, "acceptedAt">;

export const pickedUp = ({ acceptedAt }: Accepted, at: number): HistoryEntry =>
	historyEntry("picked_up", at - acceptedAt, {});

/** When it was set aside, which a claim forgets. */
export function endedPause({ acceptedAt, pausedAt }: Accepted & Pick<Message, "pausedAt">): readonly HistoryEntry[] {
	return pausedAt === null ? [] : [historyEntry("paused", pausedAt - acceptedAt, {})];
}

export const repeatsUsedUp = ({ acceptedAt }: Accepted, at: number): HistoryEntry =>
	historyEntry("repeats_used_up", at - acceptedAt, {});

/** A submit that its SMSC refused for now or did not answer. */
export type FailedAttempt = EntryOf<"refused_for_now" | "unanswered">;

type Attempt = { readonly at: number; readonly bindIndex: number | null };

export const unanswered = ({ acceptedAt }: Accepted, { at, bindIndex }: Attempt): FailedAttempt =>
	historyEntry("unanswered", at - acceptedAt, { bindIndex });

/** The attempts with one more refusal. If the last was refused with the same code, it counts on. */
export function withRefusal(
	attempts: readonly FailedAttempt[],
	{ acceptedAt, history }: Pick<Message, "acceptedAt" | "history">,
	{ at, bindIndex, code }: Attempt & { readonly code: string },
): readonly FailedAttempt[] {
	const last = attempts.at(-1) ?? history.at(-1);
	const lastAfterMs = at - acceptedAt;
	if (last?.kind !== "refused_for_now" || last.code !== code) {
		return boundedAttempts([
			...attempts,
			historyEntry("refused_for_now", lastAfterMs, { code, bindIndex, times: 1, lastAfterMs }),
		]);
	}
	const counted = { ...last, bindIndex, times: last.times + 1, lastAfterMs };
	return [...attempts.slice(0, -1), counted];
}

/** Those that are not recorded yet. */
export const boundedAttempts = (attempts: readonly FailedAttempt[]) => attempts.slice(-(firstKept + lastKept));

/** What these new segments, and this new end, replace in the row of a message. */
export function replacedBy(
	message: Pick<Message, "acceptedAt" | "segments" | "status" | "errorCode" | "statusAt" | "reportBatchId">,
	segments: readonly Segment[],
	isEnd: boolean,
): readonly HistoryEntry[] {
	const { acceptedAt, status, errorCode, reportBatchId } = message;
	const receipts = message.segments.flatMap((segment, segmentIndex): readonly HistoryEntry[] => {
		const isReplaced = segments[segmentIndex] !== segment && segment.status !== "SENT" && !segment.byOther;
		return isReplaced ? [receiptOf(segment, segmentIndex, acceptedAt)] : [];
	});
	if (!isEnd || !isFinal(status)) return receipts;
	return [...receipts, historyEntry("ended", message.statusAt - acceptedAt, { status, errorCode, reportBatchId })];
}

/** The last receipt of a segment. */
export function receiptOf(segment: Segment, segmentIndex: number, acceptedAt: number): EntryOf<"receipt"> {
	const { status, errorCode, statusAt, state = null, reason = null, copyId = null } = segment;
	return historyEntry("receipt", statusAt - acceptedAt, { segmentIndex, status, errorCode, state, reason, copyId });
}
