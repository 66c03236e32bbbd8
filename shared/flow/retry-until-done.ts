import { backOffMs } from "../domain/time/back-off.ts";
import type { Log } from "../log.ts";

const backOff = { firstMs: 100, maxMs: 5_000 };

/**
 * Repeats a step until it succeeds, with pauses that grow to five seconds. Each failure is logged.
 * @param step gets true if it was tried before: a failed try may have done part of its work.
 * @param triesMax gives up after so many failures and returns undefined; without it, never.
 */
export async function retryUntilDone<Value>(
	log: Log,
	event: string,
	step: (again: boolean) => Promise<Value>,
	triesMax = Number.POSITIVE_INFINITY,
): Promise<Value | undefined> {
	for (let failures = 1; ; failures += 1) {
		try {
			return await step(failures > 1);
		} catch (err) {
			log.warn(event, { failures, err });
			if (failures >= triesMax) return undefined;
			const pauseMs = backOffMs(backOff, failures, Math.random());
			await new Promise((resolve) => setTimeout(resolve, pauseMs));
		}
	}
}
