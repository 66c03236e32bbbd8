import type { Job, JobQueue } from "./jobs.ts";
import type { Sending } from "./sending.ts";

export type WhileClosed = {
	readonly sending: Pick<Sending, "open" | "slots" | "interrupt">;
	readonly jobs: JobQueue;
	/** Lets the message go back to its lane. */
	readonly giveBack: (job: Job) => void;
};

const everyMs = 1_000;
/** A bind that fell is mostly up again in less. */
const graceMs = 3_000;

/**
 * Gives back to their lanes what waits here while nothing goes out, for another task may be able to send it: at once where this one has no
 * slot. What was handed over in part is written down first, and is given back when it comes round again.
 */
export function giveBackWhileClosed({ sending, jobs, giveBack }: WhileClosed): { stop(): void } {
	let closedAt: number | undefined;

	function look(): void {
		if (sending.open) {
			closedAt = undefined;
			return;
		}
		closedAt ??= performance.now();
		if (sending.slots > 0 && performance.now() - closedAt < graceMs) return;
		for (const job of takeAll(jobs)) giveBack(job);
		sending.interrupt();
	}

	const looking = setInterval(look, everyMs);
	return { stop: () => clearInterval(looking) };
}

/** All that wait, in turn. */
export function takeAll(jobs: JobQueue): readonly Job[] {
	const all: Job[] = [];
	for (let job = jobs.next(); job !== undefined; job = jobs.next()) all.push(job);
	return all;
}

/** In this order, before all others of their accounts. */
export function putBack(jobs: JobQueue, again: readonly Job[]): void {
	/* Each goes before those that are there: so the last comes first. */
	for (const job of again.toReversed()) jobs.pushFirst(job);
}
