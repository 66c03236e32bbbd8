import type { Message, Segment } from "./message.ts";
import { isFinal, type MessageStatus } from "./statuses.ts";

/** A receipt. The state is null if it is the usual one of the status, and the id of the copy if it is that of the segment. */
type ReceiptFields = {
	readonly segmentIndex: number;
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	readonly state: string | null;
	readonly reason: string | null;
	readonly copyId: string | null;
};

type Fields = {
	/** A task took the message from its lane, by a claim. */
	readonly picked_up: object;
	/** Its SMSC refused a submit for now, so many times in a row with the same error code. */
	readonly refused_for_now: {
		readonly code: string;
		readonly bindIndex: number | null;
		readonly times: number;
		readonly lastAfterMs: number;
	};
	/** Its SMSC did not answer a submit. */
	readonly unanswered: { readonly bindIndex: number | null };
	/** It is not submitted again: its repeats are used up (A51). */
	readonly repeats_used_up: object;
	/** A receipt of a segment that has had a further one since. */
	readonly receipt: ReceiptFields;
	/** An end that a later receipt has replaced (A35), and its report batch. */
	readonly ended: {
		readonly status: MessageStatus;
		readonly errorCode: string | null;
		readonly reportBatchId: string | null;
	};
	/** So many events were left out here. */
	readonly left_out: { readonly count: number };
};

export type HistoryKind = keyof Fields;

type EntryOf<Kind extends HistoryKind> = Kind extends HistoryKind
	? {
			readonly kind: Kind;
			/** Since the message was accepted. */
			readonly afterMs: number;
		} & Fields[Kind]
	: never;

/** What happened to a message and is in no other field of its row (ADR 0113). */
export type HistoryEntry = EntryOf<HistoryKind>;

/** The fields of each kind, in the order in which they are stored. */
export const historyFields = {
	picked_up: [],
	refused_for_now: ["code", "bindIndex", "times", "lastAfterMs"],
	unanswered: ["bindIndex"],
	repeats_used_up: [],
	receipt: ["segmentIndex", "status", "errorCode", "state", "reason", "copyId"],
	ended: ["status", "errorCode", "reportBatchId"],
	left_out: ["count"],
} as const satisfies { readonly [Kind in HistoryKind]: readonly (keyof Fields[Kind])[] };

/** An entry with its fields in the order of the table: rows are compared as JSON. */
export function historyEntry<Kind extends HistoryKind>(
	kind: Kind,
	afterMs: number,
	fields: Fields[Kind],
): EntryOf<Kind> {
	const named: Readonly<Record<string, unknown>> = { ...fields };
	return {
		kind,
		afterMs,
		...Object.fromEntries(historyFields[kind].map((name) => [name, named[name] ?? null])),
	} as never;
}

/** A message that is tried a thousand times keeps the first entries, the last ones, and a count of the others. */
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
	return one.kind !== "receipt" || one.segmentIndex === (other as EntryOf<"receipt">).segmentIndex;
}

function bounded(all: readonly HistoryEntry[]): readonly HistoryEntry[] {
	const own = all.filter(({ kind }) => kind !== "left_out");
	const excess = own.length - firstKept - lastKept;
	if (excess <= 0) return all;
	const before = all.find((one) => one.kind === "left_out");
	const dropped = own.slice(firstKept, firstKept + excess);
	const count = dropped.reduce(
		(sum, one) => sum + (one.kind === "refused_for_now" ? one.times : 1),
		before?.count ?? 0,
	);
	const leftOut = historyEntry("left_out", before?.afterMs ?? dropped[0]?.afterMs ?? 0, { count });
	return [...own.slice(0, firstKept), leftOut, ...own.slice(firstKept + excess)];
}

type Accepted = Pick<Message, "acceptedAt">;

export const pickedUp = ({ acceptedAt }: Accepted, at: number): HistoryEntry =>
	historyEntry("picked_up", at - acceptedAt, {});

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
