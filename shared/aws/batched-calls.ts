import { TemporaryFault } from "../domain/faults.ts";
import { doublingMs, jittered } from "../domain/time/back-off.ts";

/**
 * Calls made at once for one list. Two lists fit into the connections of a client: a call that waits for a connection spends its time
 * limit before it is sent.
 */
const callsMax = 20;

/**
 * Calls with up to `size` items at a time, several calls at once. The answers are in the order of the items.
 * @throws the error of the first call that failed. Calls that were not made yet are not made.
 */
export async function inBatches<Item, Answer>(
	items: readonly Item[],
	size: number,
	call: (batch: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
	const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
	const waiting = [...starts.entries()];
	const answers: (readonly Answer[])[] = [];
	async function callInTurn(): Promise<void> {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			const [index, start] = next;
			answers[index] = await call(items.slice(start, start + size));
		}
	}
	try {
		await Promise.all(starts.slice(0, callsMax).map(callInTurn));
	} catch (error) {
		waiting.length = 0;
		throw error;
	}
	return answers.flat();
}

const triesMax = 8;
const backOff = { firstMs: 25, maxMs: 1_600 };

/**
 * Repeats a call with the items that it left unprocessed until none is left. Pauses double and have jitter.
 * @param call returns the items that it did not process.
 * @throws TemporaryFault if items are left after eight attempts, about three seconds.
 */
export async function retryUntilNoneLeft<Item>(
	items: readonly Item[],
	call: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> {
	let remaining = items;
	for (let tries = 0; remaining.length > 0; tries += 1) {
		if (tries === triesMax)
			throw new TemporaryFault(`${remaining.length} of ${items.length} items failed in ${triesMax} attempts`);
		if (tries > 0) await delay(jittered(doublingMs(backOff, tries), Math.random(), 0.5));
		remaining = await call(remaining);
	}
}

/** Uses setTimeout, which tests can fake, unlike node:timers/promises. */
async function delay(ms: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	setTimeout(resolve, ms);
	await promise;
}
