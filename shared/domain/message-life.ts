import type { Message, MessageChange, Segment } from "./message.ts";
import { isFinal, type MessageStatus, mayFollow } from "./statuses.ts";

/**
 * What happens to a message after it was accepted, each as a pure function from the row as it is to what changes in it,
 * or to null where nothing does: the news is old, or comes too late.
 */

/** What an SMSC, or the gateway in its stead, says of a message or segment. */
export type News = { readonly status: MessageStatus; readonly errorCode: string | null; readonly at: number };

/** What one hand-over of a whole message to an SMSC came to. */
export type Submission = {
	/** The SMSC's id of each segment that it took, in order. Fewer than the message has if it refused one. */
	readonly smscIds: readonly string[];
	/** When the first segment was handed over, and when the last was confirmed. */
	readonly sentAt: number;
	readonly confirmedAt: number;
	/** How often the message had to be sent again because its link broke (R33). */
	readonly resends: number;
	/** Set where the SMSC refused a segment: the end that the message comes to. */
	readonly refusal: News | null;
};

/** A hand-over is recorded on a NEW message only: a second one, after a crash, has nothing to add to the first. */
export function submitted(message: Message, submission: Submission): MessageChange | null {
	if (message.status !== "NEW") return null;
	const { smscIds, sentAt, confirmedAt, resends, refusal } = submission;
	const segments = smscIds.map(
		(smscId): Segment => ({ smscId, status: "SENT", statusAt: confirmedAt, errorCode: null }),
	);
	const last = refusal ?? { status: "SENT", errorCode: null, at: confirmedAt };
	return {
		status: last.status,
		errorCode: last.errorCode,
		statusAt: last.at,
		sentAt,
		...(segments.length > 0 && { confirmedAt }),
		retryCount: message.retryCount + resends,
		segments,
		...(message.scheduleState === "N" && { scheduleState: "P" as const }),
	};
}

/** A receipt for one segment. The message ends when the last of its segments does (A33). */
export function received(message: Message, segmentIndex: number, news: News): MessageChange | null {
	const segment = message.segments[segmentIndex];
	if (segment === undefined || !mayFollow(segment.status, news.status)) return null;
	const segments = message.segments.with(segmentIndex, {
		...segment,
		status: news.status,
		statusAt: news.at,
		errorCode: news.errorCode,
	});
	const whole = statusOfAll(segments, message.segmentCount);
	if (whole !== null && mayEnd(message, whole.status)) return { segments, ...whole, statusAt: news.at };
	if (news.status === "EN_ROUTE" && mayFollow(message.status, "EN_ROUTE")) {
		return { segments, status: "EN_ROUTE", statusAt: news.at };
	}
	return { segments };
}

/** A scheduled message is about to be handed to its SMSC (R34). Null where it was never scheduled, is claimed already, or has gone. */
export function claimed(message: Message): MessageChange | null {
	return message.status === "NEW" && message.scheduleState === "N" ? { scheduleState: "P" } : null;
}

/** Its sender withdraws a scheduled message (R8, A23). Null where it is not scheduled, or was claimed first. */
export function withdrawn(message: Message, at: number): MessageChange | null {
	if (message.status !== "NEW" || message.scheduleState !== "N") return null;
	return { status: "DELETED", errorCode: null, statusAt: at, scheduleState: null };
}

/** Whether it ended by being withdrawn, rather than by its SMSC's word. */
export function isWithdrawn({ status, schedule, scheduleState }: Message): boolean {
	return status === "DELETED" && schedule !== null && scheduleState === null;
}

/** The gateway itself ends a message: it expired, nobody answered for it, or it cannot be sent. */
export function ended(message: Message, news: News): MessageChange | null {
	if (isFinal(message.status)) return null;
	return { status: news.status, errorCode: news.errorCode, statusAt: news.at };
}

/** Once every segment has its end: delivered if all are, else the first one's that is not. Null while one is under way. */
function statusOfAll(segments: readonly Segment[], segmentCount: number): Pick<News, "status" | "errorCode"> | null {
	if (segments.length < segmentCount || !segments.every((segment) => isFinal(segment.status))) return null;
	const undelivered = segments.find((segment) => segment.status !== "DELIVERED");
	return { status: undelivered?.status ?? "DELIVERED", errorCode: undelivered?.errorCode ?? null };
}

/** A DELIVERED may also replace an EXPIRED that the gateway set for want of a receipt: its segments have no end yet (A35). */
function mayEnd(message: Message, status: MessageStatus): boolean {
	const forWantOfReceipt = message.segments.some((segment) => !isFinal(segment.status));
	if (message.status === "EXPIRED" && status === "DELIVERED") return forWantOfReceipt;
	return mayFollow(message.status, status);
}
