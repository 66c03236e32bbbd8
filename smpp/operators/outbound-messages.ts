import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import { segmentsOf } from "#shared/domain/message/client-part.ts";
import type { FailedAttempt } from "#shared/domain/message/history.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import {
	type EntryIds,
	isCutAnew,
	repeatsOf,
	type SubmissionProgress,
} from "#shared/domain/message/message-transitions.ts";
import type { SegmentedText } from "#shared/domain/message/segments.ts";
import { priorityQueue } from "#shared/domain/send/fair-turns.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { partsOf } from "./submit-fields.ts";

export type LaneEntryRef = Pick<LaneEntry, "entryId" | "kind" | "handle"> &
	Partial<Pick<LaneEntry, "receives" | "formerIds">>;

/** A message on its way to the SMSC: its row as it was read last, and its progress. */
export type OutboundMessage = SubmissionProgress & {
	readonly lane: Lane;
	/** The entries that this task holds, at least one. One that is received later is added. */
	readonly entries: readonly LaneEntryRef[];
	/** The number of entries with which its row was read. Those that joined it since are not checked. */
	readonly checkedEntries: number;
	/** The SMSC may have the next segment already, so the next submit is counted first (A51). */
	readonly mayRepeat: boolean;
	/** The same of each segment that is not recorded: another task may have submitted them all. */
	readonly mayRepeatLater: boolean;
	readonly isRepeatCounted: boolean;
	readonly attempts: readonly FailedAttempt[];
	readonly bindIndex: number | null;
	readonly message: Message;
	readonly readAt: number;
	readonly text: SegmentedText;
	readonly parts: number;
	/** Resolves when the ids of its accepted segments are recorded. */
	readonly recorded: Promise<unknown>;
	/** Submits of the next segment in a row that were refused for now, or not sent. */
	readonly failuresInRow: number;
};

const alreadyRecorded = Promise.resolve();

export type OutboundMessageOptions = Pick<OutboundMessage, "lane" | "entries" | "mayRepeat" | "readAt"> & {
	readonly style: SubmitStyle;
};

/** Starts from a row as it was read; a partly sent message continues after its last segment. */
export function outboundFrom(message: Message, { style, ...options }: OutboundMessageOptions): OutboundMessage {
	const text = segmentsOf(message, style.alphabet);
	const parts = partsOf(text, style);
	const { segments, sentAt, bindIndex, retryCount: resends } = message;
	/* If changed settings of the SMSC would cut the text differently, the message starts over. */
	const smscIds = isCutAnew(message, parts) ? [] : segments.map(({ smscId }) => smscId);
	const repeats = repeatsOf(message, smscIds.length);
	const initial = { recorded: alreadyRecorded, failuresInRow: message.refused?.times ?? 0, isRepeatCounted: false };
	const checkedEntries = options.entries.length;
	const progress = { smscIds, sentAt, bindIndex, attempts: [], resends, repeats, mayRepeatLater: options.mayRepeat };
	return { ...options, ...initial, ...progress, checkedEntries, message, text, parts };
}

/** Whether an entry has joined it since it was checked. A first one may take over the claim that it waits for (ADR 0109). */
export const hasJoined = ({ entries, checkedEntries }: OutboundMessage) => entries.length > checkedEntries;

export function entryIdsOf({ entries: [first, ...others] }: OutboundMessage): EntryIds {
	return [first?.entryId ?? "", ...others.map(({ entryId }) => entryId)];
}

/** Takes back a repeat that was counted and not submitted. The row is lowered when the progress is recorded. */
export function withRepeatUncounted(outbound: OutboundMessage): OutboundMessage {
	if (!outbound.isRepeatCounted) return outbound;
	const unusedCountId = outbound.message.repeated?.countId;
	return { ...outbound, isRepeatCounted: false, unusedCountId, repeats: outbound.repeats - 1 };
}

export type OutboundQueue = {
	push(outbound: OutboundMessage): void;
	/** Puts it before all others of its account: it has had its turn before. */
	pushFirst(outbound: OutboundMessage): void;
	next(): OutboundMessage | undefined;
	waiting(priority: number): number;
};

export function outboundQueue(): OutboundQueue {
	const queue = priorityQueue<OutboundMessage>();
	return {
		push: (outbound) => queue.push(outbound.lane.priority, outbound.message.userName, outbound),
		pushFirst: (outbound) => queue.pushFirst(outbound.lane.priority, outbound.message.userName, outbound),
		next: queue.next,
		waiting: queue.waiting,
	};
}
