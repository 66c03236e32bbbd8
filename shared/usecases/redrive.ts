import type { Clock, DeadEntries, EntryQueue } from "../ports.ts";
import { type Walked, walkDeadLetters } from "./walk-dead-letters.ts";

export type Redriving = {
	readonly deadLetters: DeadEntries;
	/** Where they died. */
	readonly queue: EntryQueue;
	readonly now: Clock;
	/** An entry as if it had never been tried; null for what is none, which rests on. */
	readonly untried: (body: string) => string | null;
};

/**
 * Gives a queue its dead letters back. Each is queued before it is taken from where it rests; whoever works off the queue is
 * used to entries that come twice.
 */
export async function redrive({ deadLetters, queue, now, untried }: Redriving): Promise<Walked> {
	return await walkDeadLetters(deadLetters, now, async (held) => {
		const renewed = held.map((letter) => ({ letter, body: untried(letter.body) }));
		const wanted = renewed.flatMap(({ letter, body }) => (body === null ? [] : [{ letter, body }]));
		await queue.send(wanted.map(({ letter, body }) => ({ body, group: letter.group })));
		return wanted.map(({ letter }) => letter);
	});
}
