import type { WindowWait } from "../schedule/past-waits.ts";
import type { Operator } from "./operators.ts";
import type { MessageStatus } from "./statuses.ts";

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
	readonly report_given_up: { readonly of: MessageStatus; readonly tries: number | null; readonly answer: string };
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
	/** It was set aside until its batch is resumed. */
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

export function event<Kind extends TimelineKind>(kind: Kind, at: number, details: Details[Kind]): TimelineEvent {
	return { kind, at, ...details } as unknown as TimelineEvent;
}
