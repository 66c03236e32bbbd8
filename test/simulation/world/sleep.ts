import type { World } from "./world.ts";

/** Intervals of the check whether the tasks are needed: while they run, and while they are stopped. */
const awakeMs = 2_000;
const asleepMs = 30_000;
/** Faults that have begun may still start or stop tasks for this time. */
const settlesMs = 30_000;
/** Work due sooner than this keeps the tasks running. */
const soonMs = 60_000;

/**
 * Shuts down the SMPP tasks when faults are over and no work needs them, and starts them again when work comes. Idle
 * sessions and polls would fill hours of waiting with events.
 */
export function sleepWhenIdle(world: World, isTrafficPaused: () => boolean): void {
	const { kernel, tasks, settings, faultsUntil } = world;
	let isAsleep = false;

	function checkIdle(): void {
		const isNeeded = !isTrafficPaused() || isWorkSoon(world);
		if (isAsleep && isNeeded) {
			isAsleep = false;
			tasks.keep(settings.tasks);
		} else if (!(isAsleep || isNeeded)) {
			isAsleep = true;
			tasks.keep(0);
		}
		kernel.after(isAsleep ? asleepMs : awakeMs, undefined, checkIdle);
	}

	kernel.at(faultsUntil + settlesMs, undefined, checkIdle);
}

function isWorkSoon(world: World): boolean {
	return world.smscs.some((smsc) => smsc.hasDeliveries(soonMs)) || world.hasTaskEntries(soonMs);
}
