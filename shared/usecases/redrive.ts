import type { Clock, DeadEntries, DeadEntry, EntryQueue } from "../ports.ts";
import { type Walked, walkDeadLetters } from "./walk-dead-letters.ts";

export type Redriving = {
	readonly deadLetters: DeadEntries;
	/** Where they died. */
	readonly queue: EntryQueue;
	readonly now: Clock;
	/** The body of an entry as it goes on; null for what is none, which rests on. */
	readonly renewed: (entry: DeadEntry) => string | null;
};

/**
 * Gives a queue its dead letters back. Each is queued before it is taken from where it rests; whoever works off the queue is
 * used to entries that come twice.
 */
export async function redrive({ deadLetters, queue, now, renewed }: Redriving): Promise<Walked> {
	return await walkDeadLetters(deadLetters, now, async (held) => {
		const bodies = held.map((letter) => ({ letter, body: renewed(letter) }));
		const wanted = bodies.flatMap(({ letter, body }) => (body === null ? [] : [{ letter, body }]));
		await queue.send(wanted.map(({ letter, body }) => ({ body, group: letter.group })));
		return wanted.map(({ letter }) => letter);
	});
}
