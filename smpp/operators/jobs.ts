import type { SubmitStyle } from "#shared/contracts/smscs.ts";
import { segmentsOf } from "#shared/domain/client-part.ts";
import type { Lane } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import { type EntryIds, type HandOver, repeatsOf } from "#shared/domain/message-life.ts";
import type { SegmentedText } from "#shared/domain/segments.ts";
import { accountTurns, freshTurns, nextPriority } from "#shared/domain/turns.ts";
import type { LaneEntry } from "#shared/ports.ts";
import { partsOf } from "./submit-fields.ts";

/** A lane entry that names a message of a job. */
export type JobEntry = Pick<LaneEntry, "entryId" | "kind" | "handle">;

/** One message on its way to the SMSC: its row as it was last read, and how far it has got. */
export type Job = HandOver & {
	readonly lane: Lane;
	/** Those that are held here, never none. One that is received later is added while the job goes on. */
	readonly entries: readonly JobEntry[];
	/** Whether its next segment may be at the SMSC already: then the next submit of it is counted first (A51). */
	readonly mayRepeat: boolean;
	/** Whether it has been. */
	readonly isCounted: boolean;
	readonly message: Message;
	readonly readAt: number;
	readonly text: SegmentedText;
	/** How many submit_sm it takes. */
	readonly parts: number;
	/** Resolves when it is written down what the ids of its segments stand for. */
	readonly written: Promise<unknown>;
	/** How often in a row the SMSC would not take it at the moment. */
	readonly delays: number;
};

const nothingToWrite = Promise.resolve();

export type JobOptions = Pick<Job, "lane" | "entries" | "mayRepeat" | "readAt"> & { readonly style: SubmitStyle };

/** A message as it was read. One of which some segments were taken goes on from there. */
export function jobOf(message: Message, { style, ...options }: JobOptions): Job {
	const text = segmentsOf(message, style.alphabet);
	const parts = partsOf(text, style);
	const { segments, sentAt, retryCount: resends } = message;
	/* Where it would be cut otherwise today, for its SMSC's settings were changed meanwhile, it goes whole. */
	const smscIds = segments.length < parts ? segments.map(({ smscId }) => smscId) : [];
	const repeats = repeatsOf(message, smscIds.length);
	const begin = { written: nothingToWrite, delays: 0, isCounted: false };
	return { ...options, ...begin, message, text, parts, smscIds, sentAt, resends, repeats };
}

/** The ids of its entries. */
export function entryIdsOf({ entries: [first, ...others] }: Job): EntryIds {
	return [first?.entryId ?? "", ...others.map(({ entryId }) => entryId)];
}

/** Counted, and then not submitted. */
export function uncounted(job: Job): Job {
	return job.isCounted ? { ...job, isCounted: false, isUncounted: true, repeats: job.repeats - 1 } : job;
}

/** Jobs that wait to be sent. */
export type JobQueue = {
	push(job: Job): void;
	/** Before all others of its account: it has been in turn before. */
	pushFirst(job: Job): void;
	/** The next in turn: first by priority, then by account. */
	next(): Job | undefined;
	/** How many wait at a priority. */
	waiting(priority: number): number;
};

export function jobQueue(): JobQueue {
	const lanes = [0, 1, 2, 3].map(() => accountTurns<Job>());
	let turns = freshTurns;
	const of = (priority: number) => lanes[priority] ?? accountTurns<Job>();
	return {
		push: (job) => of(job.lane.priority).push(job.message.userName, job),
		pushFirst: (job) => of(job.lane.priority).pushFirst(job.message.userName, job),
		next() {
			const turn = nextPriority(turns, (priority) => of(priority).size > 0);
			if (turn === null) return undefined;
			turns = turn[1];
			return of(turn[0]).next();
		},
		waiting: (priority) => of(priority).size,
	};
}
