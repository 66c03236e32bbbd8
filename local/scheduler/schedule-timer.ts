import { type FiringBounds, type FiringRule, nextFiring } from "./firing-rule.ts";

export type ScheduleTimer = { cancel(): void };

/** Longer waits are split into several timers, because setTimeout is limited. */
const stepMaxMs = 3_600_000;

/**
 * Calls `fire` at each firing after `after`, and `complete` after the last one. Firings that are missed while `fire` runs are made
 * up by one. The timer does not keep the process alive.
 */
export function startScheduleTimer(
	rule: FiringRule,
	bounds: FiringBounds,
	after: number,
	{ fire, complete }: { fire(): Promise<void>; complete(): void },
): ScheduleTimer {
	let timer: NodeJS.Timeout | undefined;
	let cancelled = false;
	const sleepUntil = (instant: number) => {
		const leftMs = instant - Date.now();
		timer = setTimeout(
			() => (leftMs > stepMaxMs ? sleepUntil(instant) : void fireAndRearm(instant)),
			Math.max(0, Math.min(leftMs, stepMaxMs)),
		);
		timer.unref();
	};
	const fireAndRearm = async (instant: number) => {
		await fire();
		if (!cancelled) arm(Math.max(instant, Date.now()));
	};
	const arm = (from: number) => {
		const next = nextFiring(rule, from, bounds);
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
