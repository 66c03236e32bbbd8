import { type Message, type MessageChange, type Segment, watchHolder } from "./message.ts";
import { isFinal, type MessageStatus, mayFollow } from "./statuses.ts";

/**
 * What happens to a message after it was accepted, each as a pure function from the row as it is to what changes in it,
 * or to null where nothing does: the update is old, or comes too late.
 */

/** What an SMSC, or the gateway in its stead, says of a message or segment. */
export type StatusUpdate = {
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	readonly at: number;
	/** What the SMSC wrote for a reason, where something went wrong. */
	readonly reason?: string;
};

/** How far one submission of a message to an SMSC has come. */
export type SubmissionProgress = {
	/** The SMSC's id of each segment that it has taken, in order. */
	readonly smscIds: readonly string[];
	/** When the first segment was submitted; null where none was. */
	readonly sentAt: number | null;
	/** How often, in all, it had to be sent again because its link broke (R33). */
	readonly resends: number;
	/** How often the segment after those was, or may have been, submitted again without an answer (A51). */
	readonly repeats: number;
	/** One submit more was counted, and then not made. */
	readonly isOvercounted?: boolean;
};

/** The lane entries that name a message here: the one that holds it, where one does, must be among them. */
export type EntryIds = readonly [string, ...string[]];

/** Whether another lane entry may submit it, or none may any more. */
export function isHeldByOther({ holder }: Pick<Message, "holder">, entryIds: readonly string[]): boolean {
	return holder !== null && !entryIds.includes(holder);
}

/** How often the segment at an index was submitted again without an answer, as far as the row knows. */
export function repeatsOf({ repeated }: Pick<Message, "repeated">, segmentIndex: number): number {
	return repeated?.segmentIndex === segmentIndex ? repeated.times : 0;
}

/** What the submission of a whole message came to. */
export type Submission = Omit<SubmissionProgress, "repeats"> & {
	readonly sentAt: number;
	/** When the last segment was confirmed, or refused. */
	readonly confirmedAt: number;
	/** Set where the SMSC refused a segment: the end that the message comes to. Then fewer were taken than there are. */
	readonly refusal: StatusUpdate | null;
};

/** A submission is recorded on a NEW message only: a second one, after a crash, has nothing to add to the first. */
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
		segments: acceptedSegments(message, smscIds, confirmedAt),
		...(message.scheduleState === "N" && { scheduleState: "P" as const }),
	};
}

/**
 * A submission stops half-way: some segments were taken, or a submit was never answered. The message stays NEW, and whoever
 * comes to it next goes on from there, also where that is another entry which holds it by now. Null where its row says so already.
 */
export function interrupted(
	message: Message,
	{ smscIds, sentAt, resends, repeats: own, isOvercounted = false }: SubmissionProgress,
	entryIds: EntryIds,
	at: number,
): MessageChange | null {
	if (message.status !== "NEW") return null;
	const segments =
		message.segments.length >= smscIds.length ? message.segments : acceptedSegments(message, smscIds, at);
	const known = repeatsOf(message, segments.length);
	const mayLower = isOvercounted && known === own + 1 && !isHeldByOther(message, entryIds);
	const repeats = mayLower ? own : Math.max(known, own);
	const isRepeatsKnown = known === repeats;
	if (segments === message.segments && message.retryCount >= resends && isRepeatsKnown) return null;
	return {
		sentAt: sentAt ?? message.sentAt,
		retryCount: Math.max(message.retryCount, resends),
		segments,
		holder: message.holder ?? entryIds[0],
		...(!isRepeatsKnown && { repeated: { segmentIndex: segments.length, times: repeats } }),
	};
}

/** How a message is about to be submitted by the lane entries that name it. */
export type EntryClaim = {
	readonly entryIds: EntryIds;
	/** Whether the right to submit it must be settled first: another entry may name it too. */
	readonly isRequired: boolean;
	/** Those of them that are dead: what they hold, another claims anew, for several may go on for one of them. */
	readonly formerIds?: readonly string[];
};

/**
 * A message is about to be handed to its SMSC by this claim: its entry becomes the holder where that must be settled, and a scheduled message is
 * handed on (R34). Null where nothing is to be written, another entry holds it, or it has gone.
 */
export function claimed(message: Message, { entryIds, isRequired, formerIds = [] }: EntryClaim): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const isPlanned = message.scheduleState === "N";
	const { holder } = message;
	const isUnheld = holder === null ? isRequired || isPlanned || message.revision > 0 : formerIds.includes(holder);
	if (!isPlanned && !isUnheld) return null;
	return { ...(isUnheld && { holder: entryIds[0] }), ...(isPlanned && { scheduleState: "P" as const }) };
}

/** One more submit of a segment that may be at its SMSC already: it is counted before (A51). Null where it is not to be submitted here. */
export function repeatCounted(
	message: Message,
	{ smscIds, repeats }: Pick<SubmissionProgress, "smscIds" | "repeats">,
	entryIds: EntryIds,
): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const segmentIndex = smscIds.length;
	const times = Math.max(repeats, repeatsOf(message, segmentIndex)) + 1;
	return { holder: message.holder ?? entryIds[0], repeated: { segmentIndex, times } };
}

/** It was submitted as often as it may be, and waits for its receipt or its expiry (A51). */
export function awaitingReceipt(message: Message, entryIds: EntryIds): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	return { holder: watchHolder };
}

/** It waits for its window in a slot. A submit that may have gone before is remembered, for the slot's entry does not know of it. */
export function parked(message: Message, { entryIds }: EntryClaim, mayRepeat: boolean): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const segmentIndex = message.segments.length;
	if (message.holder === null && !mayRepeat) return null;
	return {
		holder: null,
		...(mayRepeat && { repeated: { segmentIndex, times: repeatsOf(message, segmentIndex) } }),
	};
}

/** A segment that is known already keeps what its receipt said of it. */
function acceptedSegments({ segments }: Message, smscIds: readonly string[], at: number): readonly Segment[] {
	return smscIds.map((smscId, index): Segment => {
		const known = segments[index];
		return known?.smscId === smscId ? known : { smscId, status: "SENT", statusAt: at, errorCode: null };
	});
}

/** Whether the SMSC has taken all of it, in however many parts: only then is a submission confirmed. */
export function isFullySubmitted({ confirmedAt }: Pick<Message, "confirmedAt">): boolean {
	return confirmedAt !== null;
}

/** Whether its SMSC may have more than one copy of it: a submit that was never answered was repeated. */
export function mayHaveCopies({ retryCount, repeated }: Pick<Message, "retryCount" | "repeated">): boolean {
	return retryCount > 0 || repeated !== null;
}

/**
 * A receipt for one segment. The message ends when the last of its segments does (A33). Where there are copies, the DELIVERED of any of
 * them counts, whatever another copy's receipt said before (A35).
 * @param parts how many submits it took: its segments, or one where its SMSC was given it whole.
 */
export function received(
	message: Message,
	segmentIndex: number,
	statusUpdate: StatusUpdate,
	parts: number = message.segmentCount,
): MessageChange | null {
	const known = segmentIndex < parts ? segmentsThrough(message, segmentIndex, statusUpdate.at) : [];
	const segment = known[segmentIndex];
	if (segment === undefined || !mayFollow(segment.status, statusUpdate.status, mayHaveCopies(message))) return null;
	const segments = known.with(segmentIndex, {
		smscId: segment.smscId,
		status: statusUpdate.status,
		statusAt: statusUpdate.at,
		errorCode: statusUpdate.errorCode,
		...(statusUpdate.reason !== undefined && { reason: statusUpdate.reason }),
	});
	const whole = isComplete(message, segments, parts) ? statusOfAll(segments) : null;
	if (whole !== null && mayEnd(message, whole.status)) return { segments, ...whole, statusAt: statusUpdate.at };
	/* One that is NEW still has segments to be sent: were it EN_ROUTE, nobody would send them. */
	if (statusUpdate.status === "EN_ROUTE" && message.status === "SENT") {
		return { segments, status: "EN_ROUTE", statusAt: statusUpdate.at };
	}
	return { segments };
}

/** Whether it is submitted no more although a submit that its row does not tell of may have been taken: the task died before it recorded that, say. */
export function mayBeUnrecorded(message: Message): boolean {
	const isOver = isFinal(message.status) || message.holder === watchHolder;
	const hasExpired = message.status === "EXPIRED" && !isFullySubmitted(message);
	return hasExpired || (isOver && mayHaveCopies(message) && !isWithdrawn(message));
}

/** Its segments, and where it may have been taken unrecorded those that a receipt speaks of: their ids are not known. */
function segmentsThrough(message: Message, index: number, at: number): readonly Segment[] {
	const { segments } = message;
	if (index < segments.length || !mayBeUnrecorded(message)) return segments;
	const unknown: Segment = { smscId: "", status: "SENT", statusAt: at, errorCode: null };
	return Array.from({ length: index + 1 }, (_, place) => segments[place] ?? unknown);
}

/** Whether these are all of its segments: those of a recorded submission, or as many as were submitted. */
function isComplete(message: Message, segments: readonly Segment[], parts: number): boolean {
	return isFullySubmitted(message) || (mayBeUnrecorded(message) && segments.length >= parts);
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
export function ended(message: Message, statusUpdate: StatusUpdate): MessageChange | null {
	if (isFinal(message.status)) return null;
	return { status: statusUpdate.status, errorCode: statusUpdate.errorCode, statusAt: statusUpdate.at };
}

/**
 * Its time is over (A19). A message that is still NEW though it was sent again was never answered for: that is 18, all else 22.
 */
export function expired(message: Message, at: number): MessageChange | null {
	const isRepeated = message.retryCount > 0 || (message.repeated?.times ?? 0) > 0;
	const unanswered = message.status === "NEW" && isRepeated;
	return ended(message, { status: "EXPIRED", errorCode: unanswered ? "18" : "22", at });
}

/** Once every segment has its end: delivered if all are, else the first one's that is not. Null while one is under way. */
function statusOfAll(segments: readonly Segment[]): Pick<StatusUpdate, "status" | "errorCode"> | null {
	if (!segments.every((segment) => isFinal(segment.status))) return null;
	const undelivered = segments.find((segment) => segment.status !== "DELIVERED");
	return { status: undelivered?.status ?? "DELIVERED", errorCode: undelivered?.errorCode ?? null };
}

/** A DELIVERED may also replace an EXPIRED that the gateway set for want of a receipt, or of a record that it was taken (A35). */
function mayEnd(message: Message, status: MessageStatus): boolean {
	const forWantOfReceipt = !isFullySubmitted(message) || message.segments.some((segment) => !isFinal(segment.status));
	if (message.status === "EXPIRED" && status === "DELIVERED" && forWantOfReceipt) return true;
	return mayFollow(message.status, status, mayHaveCopies(message));
}
