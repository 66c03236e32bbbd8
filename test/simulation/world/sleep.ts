import type { World } from "./world.ts";

/** How often it is asked whether the tasks are needed: while they run, and while they sleep. */
const awakeMs = 2_000;
const asleepMs = 30_000;
/** What trouble began may still start or stop tasks for so long. */
const settlesMs = 30_000;
/** What is due sooner than this keeps them up. */
const soonMs = 60_000;

/**
 * Stops the SMPP tasks, in order, when nothing goes wrong any more and nothing needs them, and starts them again when something does: idle
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
