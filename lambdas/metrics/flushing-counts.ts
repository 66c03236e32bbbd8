import { pause } from "#shared/flow/pause.ts";
import type { CountBuffer } from "#shared/usecases/counts/count-buffer.ts";

/** A client waits this long at most for counts. A write that takes longer goes on, or is lost. */
const waitMaxMs = 250;

/** A handler that writes its counts at the end of each call: none is lost when Lambda ends the function between two calls. */
export function flushingCounts<Call extends readonly unknown[], Answer>(
	counts: Pick<CountBuffer, "flush">,
	handle: (...call: Call) => Promise<Answer>,
): (...call: Call) => Promise<Answer> {
	return async (...call) => {
		try {
			return await handle(...call);
		} finally {
			await withinWait(counts.flush());
		}
	};
}

/**
 * For calls of one message, where a write for each would cost as much as the message: writes the counts every ten seconds, beside
 * the next call. A function with few calls writes at the end of each. What stays in a function that gets no more calls is counted
 * when its messages leave NEW (ADR 0115).
 */
export function flushingCountsWhenDue<Call extends readonly unknown[], Answer>(
	counts: Pick<CountBuffer, "flush" | "isDue">,
	handle: (...call: Call) => Promise<Answer>,
): (...call: Call) => Promise<Answer> {
	return async (...call) => {
		const earlier = counts.isDue ? counts.flush() : Promise.resolve();
		try {
			return await handle(...call);
		} finally {
			await withinWait(counts.isDue ? counts.flush() : earlier);
		}
	};
}

async function withinWait(flushed: Promise<void>): Promise<void> {
	const waiting = new AbortController();
	await Promise.race([flushed, pause(waitMaxMs, waiting.signal)]);
	waiting.abort();
}
