import type { IncomingMessage } from "../incoming/incoming-message.ts";
import type { Message, MessageChange } from "../message/message.ts";
import { isFinal } from "../message/statuses.ts";
import { type CountEntry, hourOf, type Measure, summed } from "./count.ts";

/**
 * What a message's row counts as, each at the hour of its own step. The counts of an account are the sum over its rows:
 * a change adds the difference of the row after it and the row before it. So a message that ends twice counts once.
 * Only its reports count both: the client wants one of each end.
 */
export function countsOf(row: Message): readonly CountEntry[] {
	const { status, segmentCount, segments, acceptedAt, sentAt, statusAt } = row;
	if (status === "NEW") return [];
	return [
		...(isRefused(row) ? [] : [entry(row, "left", acceptedAt, segmentCount)]),
		...(segments.length === 0 ? [] : [entry(row, "submitted", sentAt ?? acceptedAt, segments.length)]),
		...(isFinal(status) ? [entry(row, endingOf(row), statusAt, segmentCount)] : []),
		...reportedEnds(row).map(({ at }) => entry(row, "owed", at, segmentCount)),
	];
}

/** What a row counts as when the request that inserted it has given it a holder. */
export function countsAtAcceptance(row: Message): readonly CountEntry[] {
	return [...(isRefused(row) ? [] : [entry(row, "accepted", row.acceptedAt, row.segmentCount)]), ...countsOf(row)];
}

/** What a change adds to the counts. */
export function countsOfChange(before: Message, change: MessageChange): readonly CountEntry[] {
	const taken = countsOf(before).map((one) => ({ ...one, messages: -one.messages, segments: -one.segments }));
	const all = [...countsOf({ ...before, ...change }), ...taken];
	const { userName } = before;
	return [...Map.groupBy(all, ({ hour }) => hour)].flatMap(([hour, own]) =>
		summed(own).map((count) => ({ ...count, userName, hour })),
	);
}

/** The client confirmed this report of this message's end. Counted at the hour of the end. */
export function countOfReport(row: Message, reportBatchId: string): CountEntry {
	const end = reportedEnds(row).find((one) => one.reportBatchId === reportBatchId);
	return entry(row, "reported", end?.at ?? row.statusAt, row.segmentCount);
}

/** The ends that are reported. One that was replaced (A35) has had its own report. */
function reportedEnds({ history, acceptedAt, status, statusAt, reportBatchId }: Message) {
	const replaced = history.flatMap((one) =>
		one.kind === "ended" ? { at: acceptedAt + one.afterMs, reportBatchId: one.reportBatchId } : [],
	);
	const ends = [...replaced, ...(isFinal(status) ? [{ at: statusAt, reportBatchId }] : [])];
	return ends.filter((end) => end.reportBatchId !== null);
}

/** Nothing for a message that belongs to no account. */
export function countsOfIncoming(message: IncomingMessage): readonly CountEntry[] {
	const { userName, operator, receivedAt, segmentCount: segments } = message;
	if (userName === null) return [];
	return [{ userName, hour: hourOf(receivedAt), operator, priority: 0, measure: "incoming", messages: 1, segments }];
}

/** A refused message of a tolerant batch. It was never accepted, and has no operator. */
const isRefused = ({ operator }: Message) => operator === null;

function endingOf({ status, errorCode }: Message): Measure {
	if (!isFinal(status)) throw new Error("the message has not ended");
	return errorCode === null ? status : `${status}:${errorCode}`;
}

function entry(row: Message, measure: Measure, at: number, segments: number): CountEntry {
	const { userName, operator, priority } = row;
	return { userName, hour: hourOf(at), operator, priority, measure, messages: 1, segments };
}
