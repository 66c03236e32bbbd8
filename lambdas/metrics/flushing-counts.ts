import { pause } from "#shared/flow/pause.ts";
import type { CountBuffer } from "#shared/usecases/counts/count-buffer.ts";

/** A client waits this long at most for counts. A write that takes longer goes on, or is lost. */
const clientWaitMs = 250;

type Handler<Call extends readonly unknown[], Answer> = (...call: Call) => Promise<Answer>;

/** A handler that writes its counts at the end of each call: none is lost when Lambda ends the function between two calls. */
export function flushingCounts<Call extends readonly unknown[], Answer>(
	counts: Pick<CountBuffer, "flush">,
	handle: Handler<Call, Answer>,
): Handler<Call, Answer> {
	return async (...call) => {
		try {
			return await handle(...call);
		} finally {
			await counts.flush();
		}
	};
}

/** The same, for requests: the client does not wait for a slow write. */
export function flushingCountsOfRequest<Call extends readonly unknown[], Answer>(
	counts: Pick<CountBuffer, "flush">,
	handle: Handler<Call, Answer>,
): Handler<Call, Answer> {
	return flushingCounts({ flush: async () => await withinWait(counts.flush()) }, handle);
}

/**
 * For requests of one message, where a write for each would cost a quarter of the message: writes the counts every ten seconds, beside
 * the next request. A function with few requests writes at the end of each. What stays in a function that gets no more requests is
 * counted when its messages leave NEW (ADR 0115).
 */
export function flushingCountsWhenDue<Call extends readonly unknown[], Answer>(
	counts: Pick<CountBuffer, "flush" | "isDue">,
	handle: Handler<Call, Answer>,
): Handler<Call, Answer> {
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
	await Promise.race([flushed, pause(clientWaitMs, waiting.signal)]);
	waiting.abort();
}
