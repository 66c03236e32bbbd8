import type { Clock } from "../../clock.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

export type WalkOutcome = {
	/** They are dealt with, and rest here no more. */
	readonly taken: number;
	/** They rest where they were. */
	readonly left: number;
	/** False where there was more than one walk takes; another may find the rest. */
	readonly complete: boolean;
};

/** Fewer than a queue lets be held. */
const seenMax = 100_000;
/** What was passed over is held for ten minutes, so that a walk sees each once: it ends before. */
const walkMaxMs = 8 * 60_000;

/**
 * Looks at each of a queue's dead letters once.
 * @param deal gives those that are dealt with, which means that they have another holder: they are taken from here then, so a walk that
 * dies leaves some with two holders and none without.
 */
export async function walkDeadLetters<Letter extends DeadLetter>(
	deadLetters: DeadLetters<Letter>,
	now: Clock,
	settle: (held: readonly Letter[]) => Promise<readonly Letter[]>,
): Promise<WalkOutcome> {
	const endsAt = now() + walkMaxMs;
	const laneOldestSeen: string[] = [];
	let taken = 0;
	let complete = false;
	try {
		while (!complete && taken + laneOldestSeen.length < seenMax && now() < endsAt) {
			const held = await deadLetters.receive();
			complete = held.length === 0;
			const settled = await settle(held);
			await deadLetters.remove(settled.map(({ handle }) => handle));
			taken += settled.length;
			laneOldestSeen.push(...held.filter((one) => !settled.includes(one)).map(({ handle }) => handle));
		}
	} finally {
		await deadLetters.release(laneOldestSeen);
	}
	return { taken, left: laneOldestSeen.length, complete };
}
