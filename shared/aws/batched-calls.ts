import { TemporaryFault } from "../domain/faults.ts";
import { doublingMs, jittered } from "../flow/back-off.ts";

/** Runs a call on every `size` items, the calls side by side; answers in the items' order. */
export async function inBatches<Item, Answer>(
	items: readonly Item[],
	size: number,
	call: (batch: readonly Item[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
	const batches = Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
		items.slice(index * size, (index + 1) * size),
	);
	return (await Promise.all(batches.map(call))).flat();
}

const triesMax = 8;
const backOff = { firstMs: 25, maxMs: 1_600 };

/**
 * Calls with what is left to do until nothing is: what a service gave back as not done is tried again, alone, after a
 * pause that doubles and has jitter.
 * @param call gives what it did not do.
 * @throws TemporaryFault when something is still left after eight tries, about three seconds.
 */
export async function retryUntilNoneLeft<Item>(
	items: readonly Item[],
	call: (items: readonly Item[]) => Promise<readonly Item[]>,
): Promise<void> {
	let left = items;
	for (let tries = 0; left.length > 0; tries += 1) {
		if (tries === triesMax)
			throw new TemporaryFault(`${left.length} of ${items.length} were not done in ${triesMax} tries`);
		if (tries > 0) await delay(jittered(doublingMs(backOff, tries), Math.random(), 0.5));
		left = await call(left);
	}
}

/** By the timers that a test can move, which those of node:timers/promises are not. */
async function delay(ms: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	setTimeout(resolve, ms);
	await promise;
}
