import type { Clock } from "../../clock.ts";
import type { DeadLetter, DeadLetters } from "./dead-letters.ts";

export type WalkOutcome = {
	readonly taken: number;
	readonly left: number;
	/** False if there were more letters than one walk sees; another walk may find the rest. */
	readonly complete: boolean;
};

/** Below the 120,000 entries that SQS lets receivers hold. */
const seenMax = 100_000;
/** Shorter than the ten minutes for which letters are held, so that a walk sees each letter once. */
const walkMaxMs = 8 * 60_000;

/**
 * Sees each dead letter of a queue once.
 * @param settle returns the letters that have another holder now. Only then are they removed, so a walk that dies
 * leaves some with two holders and none without.
 */
export async function walkDeadLetters<Letter extends DeadLetter>(
	deadLetters: DeadLetters<Letter>,
	now: Clock,
	settle: (held: readonly Letter[]) => Promise<readonly Letter[]>,
): Promise<WalkOutcome> {
	const endsAt = now() + walkMaxMs;
	const passedOver: string[] = [];
	let taken = 0;
	let complete = false;
	try {
		while (!complete && taken + passedOver.length < seenMax && now() < endsAt) {
			const held = await deadLetters.receive();
			complete = held.length === 0;
			const settled = await settle(held);
			await deadLetters.remove(settled.map(({ handle }) => handle));
			taken += settled.length;
			passedOver.push(...held.filter((one) => !settled.includes(one)).map(({ handle }) => handle));
		}
	} finally {
		await deadLetters.release(passedOver);
	}
	return { taken, left: passedOver.length, complete };
}
