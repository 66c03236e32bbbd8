import type { DeadLetter, DeadLetters } from "#shared/usecases/dead-letters/dead-letters.ts";
import { progressBar } from "./progress.ts";

/** Runs work on dead letters, and shows how many of them it has seen. @param total as SQS counts them, roughly. */
export async function withLettersProgress<Letter extends DeadLetter, Result>(
	deadLetters: DeadLetters<Letter>,
	total: number,
	work: (deadLetters: DeadLetters<Letter>) => Promise<Result>,
): Promise<Result> {
	const bar = progressBar({ unit: "dead letters" });
	let seen = 0;
	try {
		return await work({
			...deadLetters,
			async receive() {
				const held = await deadLetters.receive();
				seen += held.length;
				bar.show(seen, Math.max(seen, total));
				return held;
			},
		});
	} finally {
		bar.end();
	}
}
