import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import { segmentsOf } from "#shared/domain/message/client-part.ts";
import type { Lane } from "#shared/domain/message/lanes.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { type EntryIds, repeatsOf, type SubmissionProgress } from "#shared/domain/message/message-transitions.ts";
import type { SegmentedText } from "#shared/domain/message/segments.ts";
import { accountTurns, freshTurns, nextPriority } from "#shared/domain/send/fair-turns.ts";
import type { LaneEntry } from "#shared/usecases/send/lane-source.ts";
import { partsOf } from "./submit-fields.ts";

/** A lane entry that names a message of an outbound message. */
export type LaneEntryRef = Pick<LaneEntry, "entryId" | "kind" | "handle">;

/** One message on its way to the SMSC: its row as it was last read, and how far it has got. */
export type OutboundMessage = SubmissionProgress & {
	readonly lane: Lane;
	/** Those that are held here, never none. One that is received later is added while the outbound message goes on. */
	readonly entries: readonly LaneEntryRef[];
	/** Whether its next segment may be at the SMSC already: then the next submit of it is counted first (A51). */
	readonly mayRepeat: boolean;
	/** Whether it has been. */
	readonly isRepeatCounted: boolean;
	readonly message: Message;
	readonly readAt: number;
	readonly text: SegmentedText;
	/** How many submit_sm it takes. */
	readonly parts: number;
	/** Resolves when it is written down what the ids of its segments stand for. */
	readonly recorded: Promise<unknown>;
	/** How often in a row the SMSC would not take it at the moment. */
	readonly delays: number;
};

const alreadyRecorded = Promise.resolve();

export type OutboundMessageOptions = Pick<OutboundMessage, "lane" | "entries" | "mayRepeat" | "readAt"> & {
	readonly style: SubmitStyle;
};

/** A message as it was read. One of which some segments were taken goes on from there. */
export function outboundFrom(message: Message, { style, ...options }: OutboundMessageOptions): OutboundMessage {
	const text = segmentsOf(message, style.alphabet);
	const parts = partsOf(text, style);
	const { segments, sentAt, retryCount: resends } = message;
	/* Where it would be cut otherwise today, for its SMSC's settings were changed meanwhile, it goes whole. */
	const smscIds = segments.length < parts ? segments.map(({ smscId }) => smscId) : [];
	const repeats = repeatsOf(message, smscIds.length);
	const initial = { recorded: alreadyRecorded, delays: 0, isRepeatCounted: false };
	return { ...options, ...initial, message, text, parts, smscIds, sentAt, resends, repeats };
}

/** The ids of its entries. */
export function entryIdsOf({ entries: [first, ...others] }: OutboundMessage): EntryIds {
	return [first?.entryId ?? "", ...others.map(({ entryId }) => entryId)];
}

/** Counted, and then not submitted. */
export function withRepeatUncounted(outbound: OutboundMessage): OutboundMessage {
	return outbound.isRepeatCounted
		? { ...outbound, isRepeatCounted: false, isOvercounted: true, repeats: outbound.repeats - 1 }
		: outbound;
}

/** Outbound messages that wait to be sent. */
export type OutboundQueue = {
	push(outbound: OutboundMessage): void;
	/** Before all others of its account: it has been in turn before. */
	pushFirst(outbound: OutboundMessage): void;
	/** The next in turn: first by priority, then by account. */
	next(): OutboundMessage | undefined;
	/** How many wait at a priority. */
	waiting(priority: number): number;
};

export function outboundQueue(): OutboundQueue {
	const lanes = [0, 1, 2, 3].map(() => accountTurns<OutboundMessage>());
	let turns = freshTurns;
	const of = (priority: number) => lanes[priority] ?? accountTurns<OutboundMessage>();
	return {
		push: (outbound) => of(outbound.lane.priority).push(outbound.message.userName, outbound),
		pushFirst: (outbound) => of(outbound.lane.priority).pushFirst(outbound.message.userName, outbound),
		next() {
			const turn = nextPriority(turns, (priority) => of(priority).size > 0);
			if (turn === null) return undefined;
			turns = turn[1];
			return of(turn[0]).next();
		},
		waiting: (priority) => of(priority).size,
	};
}
