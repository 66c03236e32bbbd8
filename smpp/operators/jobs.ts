import type { Lane } from "#shared/domain/lanes.ts";
import type { Message } from "#shared/domain/message.ts";
import type { SegmentedText } from "#shared/domain/segments.ts";
import { accountTurns, freshTurns, nextPriority } from "./turns.ts";

/** One message on its way to the SMSC: its row as it was last read, and how far it has got. */
export type Job = {
	readonly lane: Lane;
	readonly message: Message;
	readonly readAt: number;
	readonly text: SegmentedText;
	/** The SMSC's id of each segment that it has taken. */
	readonly smscIds: readonly string[];
	/** When the first was handed over. */
	readonly sentAt: number | null;
	/** How often a segment had to be sent again because no answer came. */
	readonly resends: number;
};

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
