import { earliestSendAt, sendTime } from "../schedule/send-time.ts";
import { endedPause, type FailedAttempt, pickedUp, repeatsUsedUp, replacedBy, withEntries } from "./history.ts";
import type { HistoryEntry } from "./history-entry.ts";
import { type Message, type MessageChange, type Refusals, type Segment, watchHolder } from "./message.ts";
import { isFinal, type MessageStatus, mayFollow } from "./statuses.ts";

/**
 * The changes of a message after it was accepted. Each function takes the row and returns what changes, or null if
 * nothing does because the update is old or too late.
 */

/** A status of a message or segment, from an SMSC or from the gateway itself. */
export type StatusUpdate = {
	readonly status: MessageStatus;
	readonly errorCode: string | null;
	readonly at: number;
	/** The reason as the SMSC wrote it, if it gave one. */
	readonly reason?: string;
	/** Of a receipt: its state, if that is not the usual one of its status; and its id, if it is of another copy. */
	readonly state?: string;
	readonly copyId?: string;
};

/** How far the submission of a message has come. */
export type SubmissionProgress = {
	readonly smscIds: readonly string[];
	readonly sentAt: number | null;
	/** How often, in all, it was sent again because its link broke (R33). */
	readonly resends: number;
	/** How often the next segment was, or may have been, submitted again without an answer (A51). */
	readonly repeats: number;
	/** To be recorded, so that the message expires with this code (A19); null if it was not refused; absent: as recorded. */
	readonly refused?: Refusals | null;
	/** Submits that failed and are not recorded. They alone cause no write. */
	readonly attempts?: readonly FailedAttempt[];
	/** Which of the operator's binds made the last submit, from 0. */
	readonly bindIndex?: number | null;
	/** The count of a repeat that was not submitted. `interrupted` takes it back if it is the row's last one. */
	readonly unusedCountId?: string | undefined;
};

/** The lane entries of this task that name a message. They may submit it if its holder is one of them or null. */
export type EntryIds = readonly [string, ...string[]];

export function isHeldByOther({ holder }: Pick<Message, "holder">, entryIds: readonly string[]): boolean {
	return holder !== null && !entryIds.includes(holder);
}

/** How often this segment was submitted again without an answer, as far as the row says. */
export function repeatsOf({ repeated }: Pick<Message, "repeated">, segmentIndex: number): number {
	return repeated?.segmentIndex === segmentIndex ? repeated.times : 0;
}

export type Submission = Omit<SubmissionProgress, "repeats"> & {
	readonly sentAt: number;
	/** When the last segment was accepted or refused. */
	readonly confirmedAt: number;
	/** The final status, if the SMSC refused a segment; later segments were not submitted. */
	readonly refusal: StatusUpdate | null;
};

/** Records a submission, on a NEW message only: after a crash, a second submission adds nothing to the first. */
export function submitted(message: Message, submission: Submission): MessageChange | null {
	if (message.status !== "NEW") return null;
	const { smscIds, sentAt, confirmedAt, resends, refusal, attempts = [], bindIndex = null } = submission;
	const last = refusal ?? { status: "SENT", errorCode: null, at: confirmedAt };
	const startsOver = refusal === null && message.holder !== watchHolder && isCutAnew(message, smscIds.length);
	return {
		status: last.status,
		errorCode: last.errorCode,
		statusAt: last.at,
		sentAt,
		...(refusal === null && { confirmedAt }),
		retryCount: Math.max(message.retryCount, resends),
		segments: acceptedSegments(startsOver ? [] : message.segments, smscIds, confirmedAt),
		...(bindIndex !== null && { bindIndex }),
		...historyWith(message, attempts),
		...(message.scheduleState === "N" && { scheduleState: "P" as const }),
	};
}

/**
 * Records the progress of a submission that stopped half-way. The message stays NEW, and the next submission continues
 * from there, also under another entry. Null if the row says so already.
 */
export function interrupted(
	message: Message,
	{ smscIds, sentAt, resends, repeats, unusedCountId, refused = message.refused, attempts = [] }: SubmissionProgress,
	entryIds: EntryIds,
	at: number,
): MessageChange | null {
	if (message.status !== "NEW") return null;
	const segments =
		message.segments.length >= smscIds.length ? message.segments : acceptedSegments(message.segments, smscIds, at);
	/* Another task may have recorded more segments. */
	const own = smscIds.length === segments.length ? repeats : 0;
	const known = repeatsOf(message, segments.length);
	const isUnused = unusedCountId !== undefined && message.repeated?.countId === unusedCountId;
	const mayLower = isUnused && known > own && !isHeldByOther(message, entryIds);
	const times = mayLower ? own : Math.max(known, own);
	const isRepeatsKnown = known === times;
	const isRefusalKnown = isSameRefusal(refused, message.refused);
	if (segments === message.segments && message.retryCount >= resends && isRepeatsKnown && isRefusalKnown) return null;
	return {
		sentAt: sentAt ?? message.sentAt,
		retryCount: Math.max(message.retryCount, resends),
		segments,
		holder: message.holder ?? entryIds[0],
		...(!isRepeatsKnown && { repeated: { segmentIndex: segments.length, times } }),
		...(!isRefusalKnown && { refused }),
		...historyWith(message, attempts),
	};
}

/** Absent if it stays as it is. */
function historyWith(message: Message, entries: readonly HistoryEntry[]): Pick<MessageChange, "history"> {
	const history = withEntries(message.history, entries);
	return history === message.history ? {} : { history };
}

function isSameRefusal(one: Refusals | null, other: Refusals | null): boolean {
	return one?.times === other?.times && one?.code === other?.code;
}

/** The lane entries that are about to submit a message. */
export type EntryClaim = {
	readonly entryIds: EntryIds;
	/** Whether the message must be claimed first, because another entry may name it too. */
	readonly isRequired: boolean;
	/** Dead entries among them. What they hold is claimed again: several entries may continue for one dead entry. */
	readonly formerIds?: readonly string[];
};

/**
 * Claims a message before its submit: its entry becomes the holder if a claim is needed, and a scheduled message
 * becomes P (R34). Null if nothing is to be written, another entry holds it, or it is not NEW any more.
 */
export function claimed(
	message: Message,
	{ entryIds, isRequired, formerIds = [] }: EntryClaim,
	at: number,
): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const isPlanned = message.scheduleState === "N";
	const { holder } = message;
	const isUnheld = holder === null ? isRequired || isPlanned || message.revision > 0 : formerIds.includes(holder);
	if (!isPlanned && !isUnheld) return null;
	return {
		...(isUnheld && { holder: entryIds[0] }),
		...(isPlanned && { scheduleState: "P" as const }),
		...(message.pausedAt !== null && { pausedAt: null }),
		...historyWith(message, [...endedPause(message), pickedUp(message, at)]),
	};
}

/**
 * Counts a submit that may repeat another, before it is made (A51). Null if these entries may not submit it.
 * @param countId unique for this count.
 */
export function repeatCounted(
	message: Message,
	{ smscIds, repeats }: Pick<SubmissionProgress, "smscIds" | "repeats">,
	entryIds: EntryIds,
	countId: string,
): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const segmentIndex = smscIds.length;
	const times = Math.max(repeats, repeatsOf(message, segmentIndex)) + 1;
	return { holder: message.holder ?? entryIds[0], repeated: { segmentIndex, times, countId } };
}

/** At the cap of repeats: no entry submits it any more, and it waits for its receipt or its expiry (A51). */
export function awaitingReceipt(message: Message, entryIds: EntryIds, at: number): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	return { holder: watchHolder, ...historyWith(message, [repeatsUsedUp(message, at)]) };
}

/** Clears the holder of a message that is to wait in a slot, and keeps that it may have been submitted. */
export function parked(message: Message, { entryIds }: EntryClaim, mayRepeat: boolean): MessageChange | null {
	if (message.status !== "NEW" || isHeldByOther(message, entryIds)) return null;
	const segmentIndex = message.segments.length;
	if (message.holder === null && !mayRepeat) return null;
	return {
		holder: null,
		...(mayRepeat && { repeated: { segmentIndex, times: repeatsOf(message, segmentIndex) } }),
	};
}

/** Whether a pause of its batch stops it. A partly submitted message is finished: half of one is worse. */
export const mayBeSetAside = ({ status, segments }: Pick<Message, "status" | "segments">) =>
	status === "NEW" && segments.length === 0;

/** Sets a message aside because its batch is paused, and keeps that it may have been submitted. */
export function setAside(message: Message, claim: EntryClaim, mayRepeat: boolean, at: number): MessageChange | null {
	const { status, holder, pausedAt, repeated, segments } = message;
	if (status !== "NEW" || isHeldByOther(message, claim.entryIds)) return null;
	const isKept = holder === null && (!mayRepeat || repeated?.segmentIndex === segments.length);
	if (pausedAt !== null && isKept) return null;
	return { ...parked(message, claim, mayRepeat), pausedAt: pausedAt ?? at };
}

/** Whether its row shows no submit, and none that may have been taken without an answer. */
function isUnsubmitted({ segments, repeated, retryCount }: Message): boolean {
	return segments.length === 0 && repeated === null && retryCount === 0;
}

/**
 * Whether a message that may be submitted takes fewer parts than before, because the settings of its SMSC changed. It starts
 * over then. Otherwise its row lacks a segment at least.
 */
export const isCutAnew = ({ segments }: Message, parts: number) => segments.length >= parts;

/** The segments with these ids. What the receipt of any copy of a segment said stays (A51). */
function acceptedSegments(known: readonly Segment[], smscIds: readonly string[], at: number): readonly Segment[] {
	const accepted = smscIds.map((smscId, index): Segment => {
		const segment = known[index];
		if (segment === undefined || (segment.status === "SENT" && segment.smscId !== smscId)) {
			return { smscId, status: "SENT", statusAt: at, errorCode: null };
		}
		return segment.smscId === "" ? { ...segment, smscId } : segment;
	});
	return [...accepted, ...known.slice(accepted.length)];
}

/** Whether the SMSC has accepted all of it, in however many parts. */
export function isFullySubmitted({ confirmedAt }: Pick<Message, "confirmedAt">): boolean {
	return confirmedAt !== null;
}

/** Whether the SMSC may have more than one copy, because a submit without an answer was repeated. */
export function mayHaveCopies({ retryCount, repeated }: Pick<Message, "retryCount" | "repeated">): boolean {
	return retryCount > 0 || repeated !== null;
}

export type ReceiptScope = {
	/** The submits of the message: its segments, or one if the SMSC got it whole. */
	readonly parts?: number;
	/** The receipt is for all segments. It is also for those with the same SMSC id. */
	readonly isForAll?: boolean;
	/** The row has another SMSC id for the segment, so there are copies. */
	readonly isOfCopy?: boolean;
};

/**
 * The change by a receipt of one segment. The message ends with the last of its segments (A33). If there are copies, the
 * DELIVERED of any copy counts, whatever the receipt of another said (A35).
 */
export function receiptApplied(
	message: Message,
	segmentIndex: number,
	statusUpdate: StatusUpdate,
	{ parts = message.segmentCount, isForAll = false, isOfCopy = false }: ReceiptScope = {},
): MessageChange | null {
	const repeated = isOfCopy && !mayHaveCopies(message) ? { segmentIndex, times: 0 } : message.repeated;
	const change = segmentsChanged({ ...message, repeated }, segmentIndex, statusUpdate, { parts, isForAll });
	if (change === null) return null;
	const isEnd = change.status !== undefined && isFinal(change.status);
	return {
		...change,
		...(repeated !== message.repeated && { repeated }),
		...historyWith(message, replacedBy(message, change.segments ?? [], isEnd)),
	};
}

function segmentsChanged(
	message: Message,
	segmentIndex: number,
	statusUpdate: StatusUpdate,
	{ parts, isForAll }: { readonly parts: number; readonly isForAll: boolean },
): MessageChange | null {
	const last = isForAll ? parts - 1 : segmentIndex;
	const known = segmentIndex < parts ? segmentsThrough(message, last, statusUpdate.at) : [];
	const own = known[segmentIndex];
	if (own === undefined) return null;
	const isMeant = ({ smscId }: Segment, index: number) =>
		isForAll || index === segmentIndex || (smscId !== "" && smscId === own.smscId);
	const isOpen = ({ status }: Segment) => mayFollow(status, statusUpdate.status, mayHaveCopies(message));
	const segments = known.map((segment, index) =>
		isMeant(segment, index) && isOpen(segment) ? updatedSegment(segment, statusUpdate, own.smscId) : segment,
	);
	if (segments.every((segment, index) => segment === known[index])) return null;
	const whole = isComplete(message, segments, parts) ? statusOfAll(segments) : null;
	if (whole !== null && mayEnd(message, whole.status)) return { segments, ...whole, statusAt: statusUpdate.at };
	/* A NEW message still has segments to submit, and stays NEW so that they are. */
	if (statusUpdate.status === "EN_ROUTE" && message.status === "SENT") {
		return { segments, status: "EN_ROUTE", statusAt: statusUpdate.at };
	}
	return { segments };
}

/** @param receiptId the id of the segment whose receipt it is. */
function updatedSegment({ smscId }: Segment, statusUpdate: StatusUpdate, receiptId: string): Segment {
	const { status, at, errorCode, reason, state, copyId } = statusUpdate;
	return {
		smscId,
		status,
		statusAt: at,
		errorCode,
		...(reason !== undefined && { reason }),
		...(smscId !== receiptId && { byOther: true as const }),
		...(state !== undefined && { state }),
		...(copyId !== undefined && { copyId }),
	};
}

/** Whether the SMSC may have accepted a submit that is not in the row, and no further submit follows. */
export function mayHaveUnrecordedSubmit(message: Message): boolean {
	const isOver = isFinal(message.status) || message.holder === watchHolder;
	const hasExpired = message.status === "EXPIRED" && !isFullySubmitted(message);
	return hasExpired || (isOver && mayHaveCopies(message) && !isWithdrawn(message));
}

/** Its segments up to this one. Segments that may be unrecorded are added, with unknown ids. */
function segmentsThrough(message: Message, index: number, at: number): readonly Segment[] {
	const { segments } = message;
	if (index < segments.length || !mayHaveUnrecordedSubmit(message)) return segments;
	const unknown: Segment = { smscId: "", status: "SENT", statusAt: at, errorCode: null };
	return Array.from({ length: index + 1 }, (_, place) => segments[place] ?? unknown);
}

function isComplete(message: Message, segments: readonly Segment[], parts: number): boolean {
	return isFullySubmitted(message) || (mayHaveUnrecordedSubmit(message) && segments.length >= parts);
}

/** The client withdraws a scheduled message (R8, A23). Null if it is not scheduled, or was claimed first. */
export function withdrawn(message: Message, at: number): MessageChange | null {
	if (message.status !== "NEW" || message.scheduleState !== "N") return null;
	return { status: "DELETED", errorCode: null, statusAt: at, scheduleState: null };
}

/** This long after it was set aside, a submit by a task that had received the same lane entry is recorded (ADR 0051). */
const recordedAfterMs = 60_000;

/**
 * A message of a batch is withdrawn (A52). Null if it may have gone: only a message whose next submit needs a claim can be
 * withdrawn, since then one of the two fails, or one that no task submits for another minute and none could submit before.
 * These are scheduled messages, those that had to wait from the beginning, and those that a pause has set aside.
 */
export function withdrawnFromBatch(message: Message, at: number): MessageChange | null {
	const { status, holder, pausedAt } = message;
	if (status !== "NEW") return null;
	const isSetAside = pausedAt !== null && at >= pausedAt + recordedAfterMs;
	const isClaimed = holder !== null || !isUnsubmitted(message);
	const mayWithdraw = message.scheduleState === "N" || (!isClaimed && (isSetAside || hadToWait(message, at)));
	return mayWithdraw ? { status: "DELETED", errorCode: null, statusAt: at, scheduleState: null } : null;
}

/**
 * Accepted into a slot, so no lane entry submits it without a claim; or accepted shortly before its window opens, and the
 * window stays closed for a minute more, so no entry submits it at all.
 */
function hadToWait(message: Message, at: number): boolean {
	const { acceptedAt } = message;
	return sendTime(message, acceptedAt).kind === "slot" || earliestSendAt(message, acceptedAt) >= at + recordedAfterMs;
}

/** Whether the client withdrew it. A DELETED message may also have ended by a receipt. */
export function isWithdrawn({ status, schedule, scheduleState }: Message): boolean {
	return status === "DELETED" && schedule !== null && scheduleState === null;
}

/** The gateway itself ends a message. Null if it has ended already. */
export function ended(message: Message, statusUpdate: StatusUpdate): MessageChange | null {
	if (isFinal(message.status)) return null;
	return { status: statusUpdate.status, errorCode: statusUpdate.errorCode, statusAt: statusUpdate.at };
}

/**
 * The message expires (A19): with the code of its last submit's temporary refusal, with 18 if its submits were never
 * answered, otherwise with 22.
 */
export function expired(message: Message, at: number): MessageChange | null {
	const isRepeated = message.retryCount > 0 || (message.repeated?.times ?? 0) > 0;
	const unsubmitted = message.status === "NEW" ? (message.refused?.code ?? (isRepeated ? "18" : null)) : null;
	return ended(message, { status: "EXPIRED", errorCode: unsubmitted ?? "22", at });
}

/** DELIVERED if all segments are, otherwise the status of the first other one. Null while one is under way. */
function statusOfAll(segments: readonly Segment[]): Pick<StatusUpdate, "status" | "errorCode"> | null {
	if (!segments.every((segment) => isFinal(segment.status))) return null;
	const undelivered = segments.find((segment) => segment.status !== "DELIVERED");
	return { status: undelivered?.status ?? "DELIVERED", errorCode: undelivered?.errorCode ?? null };
}

/** A DELIVERED also replaces an EXPIRED that the gateway set without all receipts or a recorded submit (A35). */
function mayEnd(message: Message, status: MessageStatus): boolean {
	const isOutcomeOpen = !isFullySubmitted(message) || message.segments.some((segment) => !isFinal(segment.status));
	if (message.status === "EXPIRED" && status === "DELIVERED" && isOutcomeOpen) return true;
	return mayFollow(message.status, status, mayHaveCopies(message));
}
