import { type Bounds, type Firings, nextFiring } from "./firings.ts";

export type Alarm = { cancel(): void };

/** A timer cannot be set further ahead than this, so a longer wait is made of several. */
const stepMaxMs = 3_600_000;

/**
 * Calls `fire` at each firing after `after`, and `complete` when the one before was the last and is over. What should have fired
 * while `fire` was still under way fires once after it. The clock alone keeps no process alive.
 */
export function setAlarm(
	firings: Firings,
	bounds: Bounds,
	after: number,
	{ fire, complete }: { fire(): Promise<void>; complete(): void },
): Alarm {
	let timer: NodeJS.Timeout | undefined;
	let cancelled = false;
	const sleepUntil = (instant: number) => {
		const leftMs = instant - Date.now();
		timer = setTimeout(
			() => (leftMs > stepMaxMs ? sleepUntil(instant) : void ring(instant)),
			Math.max(0, Math.min(leftMs, stepMaxMs)),
		);
		timer.unref();
	};
	const ring = async (instant: number) => {
		await fire();
		if (!cancelled) arm(Math.max(instant, Date.now()));
	};
	const arm = (from: number) => {
		const next = nextFiring(firings, from, bounds);
		if (next === undefined) complete();
		else sleepUntil(next);
	};
	arm(after);
	return {
		cancel: () => {
			cancelled = true;
			clearTimeout(timer);
		},
	};
}
