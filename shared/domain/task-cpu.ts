/** The share of one core that an SMPP task may keep busy. The rest is for bursts and garbage collection. */
export const busyCoreShareMax = 0.6;

/** CPU units of Fargate. */
const core = 1_024;

/**
 * A share of one core, in percent of a task's CPU units. A task's work is on one core, so a larger task that is busy shows a low
 * percentage.
 */
export function percentOfTask(coreShare: number, cpuUnits: number): number {
	return Math.round(100 * coreShare * Math.min(1, core / cpuUnits));
}
