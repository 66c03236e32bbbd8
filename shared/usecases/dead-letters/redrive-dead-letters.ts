import type { Clock } from "../../clock.ts";
import type { DeadEntries, DeadEntry, EntryQueue } from "./dead-entries.ts";
import { type WalkOutcome, walkDeadLetters } from "./walk-dead-letters.ts";

export type RedriveDeps = {
	readonly deadLetters: DeadEntries;
	/** Where they died. */
	readonly queue: EntryQueue;
	readonly now: Clock;
	/** The body of an entry as it goes on; null for what is none, which rests on. */
	readonly rewrite: (entry: DeadEntry) => string | null;
};

/**
 * Gives a queue its dead letters back. Each is queued before it is taken from where it rests; whoever works off the queue is
 * used to entries that come twice.
 */
export async function redriveDeadLetters({ deadLetters, queue, now, rewrite }: RedriveDeps): Promise<WalkOutcome> {
	return await walkDeadLetters(deadLetters, now, async (held) => {
		const bodies = held.map((letter) => ({ letter, body: rewrite(letter) }));
		const wanted = bodies.flatMap(({ letter, body }) => (body === null ? [] : [{ letter, body }]));
		await queue.send(wanted.map(({ letter, body }) => ({ body, group: letter.group })));
		return wanted.map(({ letter }) => letter);
	});
}
