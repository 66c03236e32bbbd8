import { afterAll, beforeAll, vi } from "vitest";

/**
 * Time that passes only when a test lets it, so a busy machine cannot fail a test. Timers, `Date` and `performance` are
 * moved; `node:timers/promises` is not.
 */
export function useManualTime(): void {
	beforeAll(() => void vi.useFakeTimers());
	afterAll(() => void vi.useRealTimers());
}

export const stepMs = 5;
const minuteMs = 60_000;

/** Lets time pass until `holds` neither throws nor returns false. Throws after a minute of that time. */
export async function until(holds: () => unknown): Promise<void> {
	for (let passedMs = 0; !isTrue(holds, passedMs < minuteMs); passedMs += stepMs) {
		await vi.advanceTimersByTimeAsync(stepMs);
	}
}

function isTrue(holds: () => unknown, mayComeLater: boolean): boolean {
	try {
		if (holds() !== false) return true;
	} catch (error) {
		if (!mayComeLater) throw error;
	}
	if (!mayComeLater) throw new Error(`still not: ${holds}`);
	return false;
}

/** Lets time pass until the promise settles, and returns its value. */
export async function settled<Value>(work: Promise<Value>): Promise<Value> {
	let isOver = false;
	const over = () => {
		isOver = true;
	};
	work.then(over, over);
	await until(() => isOver);
	return await work;
}
