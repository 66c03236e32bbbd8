import type { Log } from "../log.ts";
import { retryUntilDone } from "./retry-until-done.ts";

/**
 * What a long poll gives; a failed one is logged and tried again.
 * @param signal ends it in the middle: then it gives nothing, and that is no failure.
 */
export async function pollWithRetry<Entry>(
	log: Log,
	event: string,
	signal: AbortSignal,
	poll: () => Promise<readonly Entry[]>,
): Promise<readonly Entry[]> {
	const entries = await retryUntilDone(log, event, async () => {
		try {
			return signal.aborted ? [] : await poll();
		} catch (error) {
			if (signal.aborted) return [];
			throw error;
		}
	});
	return entries ?? [];
}
