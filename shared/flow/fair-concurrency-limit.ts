import { type FairTurns, fairTurns } from "../domain/send/fair-turns.ts";

export type LimitedOutcome<Value> = { readonly kind: "done"; readonly value: Value } | { readonly kind: "busy" };

/** Who asks for a place. Known callers go before strangers; among each, owners take turns. */
export type LimitedCaller = { readonly owner: string; readonly isKnown: boolean };

type Waiting = (start: boolean) => void;

/**
 * Runs up to `runningMax` at once. Up to `waitingMax` known callers and as many strangers wait. When all places are
 * taken, the newest call of the owner with the most waiting calls is answered `busy`.
 */
export function fairConcurrencyLimit(runningMax: number, waitingMax: number) {
	let running = 0;
	const [known, strangers] = [fairTurns<Waiting>(), fairTurns<Waiting>()];

	async function turn({ owner, isKnown }: LimitedCaller): Promise<boolean> {
		const queue = isKnown ? known : strangers;
		if (queue.size >= waitingMax && !makeRoom(queue, owner)) return false;
		return await new Promise<boolean>((resolve) => queue.push(owner, resolve));
	}

	return async <Value>(caller: LimitedCaller, work: () => Promise<Value>): Promise<LimitedOutcome<Value>> => {
		if (running === runningMax) {
			/* Ending work passes its place to the next in the queue, so a newcomer cannot take it. */
			if (!(await turn(caller))) return { kind: "busy" };
		} else running += 1;
		try {
			return { kind: "done", value: await work() };
		} finally {
			const next = known.next() ?? strangers.next();
			if (next === undefined) running -= 1;
			else next(true);
		}
	};
}

/** False if this owner is itself among those with the most waiting calls. */
function makeRoom(queue: FairTurns<Waiting>, owner: string): boolean {
	if (queue.sizeOf(owner) + 1 >= queue.fullestSize) return false;
	queue.takeFromFullest()?.(false);
	return true;
}
