import type { MessageStatus } from "./statuses.ts";

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
	/** It was set aside because its batch was paused; since then it was claimed. */
	readonly paused: object;
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
	/** Entries were left out here, with so many failed submits. */
	readonly left_out: { readonly count: number };
};

export type HistoryKind = keyof Fields;

export type EntryOf<Kind extends HistoryKind> = Kind extends HistoryKind
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
	paused: [],
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
