import type { Clock } from "../../clock.ts";
import type { DeadEntries, DeadEntry, EntryQueue } from "./dead-entries.ts";
import { type WalkOutcome, walkDeadLetters } from "./walk-dead-letters.ts";

export type RedriveDeps = {
	readonly deadLetters: DeadEntries;
	readonly queue: EntryQueue;
	readonly now: Clock;
	/** The body to send; null: not an entry of this queue, so it stays in the dead letters. */
	readonly rewrite: (entry: DeadEntry) => string | null;
};

/**
 * Moves dead letters back to their queue (ADR 0039). Each is queued before it is removed, so a run that dies may queue
 * some twice; consumers of all queues allow that.
 */
export async function redriveDeadLetters({ deadLetters, queue, now, rewrite }: RedriveDeps): Promise<WalkOutcome> {
	return await walkDeadLetters(deadLetters, now, async (held) => {
		const bodies = held.map((letter) => ({ letter, body: rewrite(letter) }));
		const wanted = bodies.flatMap(({ letter, body }) => (body === null ? [] : [{ letter, body }]));
		await queue.send(wanted.map(({ letter, body }) => ({ body, group: letter.group })));
		return wanted.map(({ letter }) => letter);
	});
}
