import { partsMax } from "./client-part.ts";
import type { Message, MessageChange, Segment } from "./message.ts";
import { isFinal, type MessageStatus, mayFollow } from "./statuses.ts";

/**
 * What happens to a message after it was accepted, each as a pure function from the row as it is to what changes in it,
 * or to null where nothing does: the news is old, or comes too late.
 */

/** What an SMSC, or the gateway in its stead, says of a message or segment. */
export type News = {
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	readonly at: number;
	/** What the SMSC wrote for a reason, where something went wrong. */
	readonly reason?: string;
};

/** How far one hand-over of a message to an SMSC has come. */
export type HandOver = {
	/** The SMSC's id of each segment that it has taken, in order. */
	readonly smscIds: readonly string[];
	/** When the first segment was handed over; null where none was. */
	readonly sentAt: number | null;
	/** How often, in all, it had to be sent again because its link broke (R33). */
	readonly resends: number;
};

/** What the hand-over of a whole message came to. */
export type Submission = HandOver & {
	readonly sentAt: number;
	/** When the last segment was confirmed, or refused. */
	readonly confirmedAt: number;
	/** Set where the SMSC refused a segment: the end that the message comes to. Then fewer were taken than there are. */
	readonly refusal: News | null;
};

/** A hand-over is recorded on a NEW message only: a second one, after a crash, has nothing to add to the first. */
export function submitted(message: Message, submission: Submission): MessageChange | null {
	if (message.status !== "NEW") return null;
	const { smscIds, sentAt, confirmedAt, resends, refusal } = submission;
	const last = refusal ?? { status: "SENT", errorCode: null, at: confirmedAt };
	return {
		status: last.status,
		errorCode: last.errorCode,
		statusAt: last.at,
		sentAt,
		...(refusal === null && { confirmedAt }),
		retryCount: Math.max(message.retryCount, resends),
		segments: segmentsTaken(message, smscIds, confirmedAt),
		...(message.scheduleState === "N" && { scheduleState: "P" as const }),
	};
}

/**
 * A hand-over stops half-way: some segments were taken, or a submit was never answered. The message stays NEW, and whoever
 * comes to it next goes on from there. Null where its row says so already.
 */
export function interrupted(
	message: Message,
	{ smscIds, sentAt, resends }: HandOver,
	at: number,
): MessageChange | null {
	if (message.status !== "NEW") return null;
	if (message.segments.length >= smscIds.length && message.retryCount >= resends) return null;
	return {
		sentAt: sentAt ?? message.sentAt,
		retryCount: Math.max(message.retryCount, resends),
		segments: message.segments.length >= smscIds.length ? message.segments : segmentsTaken(message, smscIds, at),
	};
}

/** A segment that is known already keeps what its receipt said of it. */
function segmentsTaken({ segments }: Message, smscIds: readonly string[], at: number): readonly Segment[] {
	return smscIds.map((smscId, index): Segment => {
		const known = segments[index];
		return known?.smscId === smscId ? known : { smscId, status: "SENT", statusAt: at, errorCode: null };
	});
}

/** Whether the SMSC has taken all of it, in however many parts: only then is a hand-over confirmed. */
export function isWhollyTaken({ confirmedAt }: Pick<Message, "confirmedAt">): boolean {
	return confirmedAt !== null;
}

/** Whether its SMSC may have more than one copy of it: a submit that was never answered was repeated. */
export function mayHaveCopies({ retryCount }: Pick<Message, "retryCount">): boolean {
	return retryCount > 0;
}

/**
 * A receipt for one segment. The message ends when the last of its segments does (A33). Where there are copies, the DELIVERED of any of
 * them counts, whatever another copy's receipt said before (A35).
 */
export function received(message: Message, segmentIndex: number, news: News): MessageChange | null {
	const known = segmentsUpTo(message, segmentIndex, news.at);
	const segment = known[segmentIndex];
	if (segment === undefined || !mayFollow(segment.status, news.status, mayHaveCopies(message))) return null;
	const segments = known.with(segmentIndex, {
		smscId: segment.smscId,
		status: news.status,
		statusAt: news.at,
		errorCode: news.errorCode,
		...(news.reason !== undefined && { reason: news.reason }),
	});
	const whole = isComplete(message, segments) ? statusOfAll(segments) : null;
	if (whole !== null && mayEnd(message, whole.status)) return { segments, ...whole, statusAt: news.at };
	/* One that is NEW still has segments to be sent: were it EN_ROUTE, nobody would send them. */
	if (news.status === "EN_ROUTE" && message.status === "SENT") {
		return { segments, status: "EN_ROUTE", statusAt: news.at };
	}
	return { segments };
}

/** Whether it ended although a copy of it, which nothing in its row tells of, may have been taken: by a task that died, say. */
function mayBeUnrecorded(message: Message): boolean {
	return isFinal(message.status) && mayHaveCopies(message) && !isWithdrawn(message);
}

/** Its segments, and where it may have been taken unrecorded those that a receipt speaks of: their ids are not known. */
function segmentsUpTo(message: Message, index: number, at: number): readonly Segment[] {
	const { segments, segmentCount } = message;
	if (index < segments.length || index >= segmentCount || !mayBeUnrecorded(message)) return segments;
	const unknown: Segment = { smscId: "", status: "SENT", statusAt: at, errorCode: null };
	return Array.from({ length: index + 1 }, (_, place) => segments[place] ?? unknown);
}

/** Whether these are all of its segments: those of a recorded hand-over, or as many as there can be. */
function isComplete(message: Message, segments: readonly Segment[]): boolean {
	return isWhollyTaken(message) || (mayBeUnrecorded(message) && segments.length >= partsMax(message));
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

/**
 * Its time is over (A19). A message that is still NEW though it was sent again was never answered for: that is 18, all else 22.
 */
export function expired(message: Message, at: number): MessageChange | null {
	const unanswered = message.status === "NEW" && message.retryCount > 0;
	return ended(message, { status: "EXPIRED", errorCode: unanswered ? "18" : "22", at });
}

/** Once every segment has its end: delivered if all are, else the first one's that is not. Null while one is under way. */
function statusOfAll(segments: readonly Segment[]): Pick<News, "status" | "errorCode"> | null {
	if (!segments.every((segment) => isFinal(segment.status))) return null;
	const undelivered = segments.find((segment) => segment.status !== "DELIVERED");
	return { status: undelivered?.status ?? "DELIVERED", errorCode: undelivered?.errorCode ?? null };
}

/** A DELIVERED may also replace an EXPIRED that the gateway set for want of a receipt: its segments have no end yet (A35). */
function mayEnd(message: Message, status: MessageStatus): boolean {
	const forWantOfReceipt = message.segments.some((segment) => !isFinal(segment.status));
	if (message.status === "EXPIRED" && status === "DELIVERED" && forWantOfReceipt) return true;
	return mayFollow(message.status, status, mayHaveCopies(message));
}
