import type { SchedulerEngine } from "../aws/scheduler-engine.ts";
import { cancel, type Kernel } from "../kernel/kernel.ts";
import type { SimulatedFunctions } from "./functions.ts";

export type Alarms = {
	/** A schedule was created: it may be the next. */
	changed(): void;
};

export type AlarmsOptions = {
	readonly kernel: Kernel;
	readonly scheduler: SchedulerEngine;
	readonly functions: SimulatedFunctions;
	/** The fault of one firing: a delay, and perhaps a second call. */
	readonly faultOf: () => { readonly lateMs: number; readonly twice: boolean };
};

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
/** Seven minutes after each quarter (infra/sweep.ts). */
const sweepMs = 7 * minuteMs;
/** As in the slots' schedules. */
const retriesMax = 5;

/** EventBridge Scheduler: calls the check-due function for each slot's alarm within its minute, and for the sweep. */
export function simulatedAlarms({ kernel, scheduler, functions, faultOf }: AlarmsOptions): Alarms {
	let next: ReturnType<Kernel["at"]> | undefined;

	function call(input: object, retries: number): void {
		kernel.trace.note("check-due called", kernel.now);
		kernel.trace.line(() => `check-due is called: ${JSON.stringify(input)}`);
		functions.invoke("check-due", input, ({ kind }) => {
			if (kind === "failed" && retries < retriesMax) kernel.after(minuteMs, undefined, () => call(input, retries + 1));
		});
	}

	function changed(): void {
		const at = scheduler.nextAt();
		if (next !== undefined) cancel(next);
		next = at === undefined ? undefined : kernel.at(at, undefined, fire);
	}

	function fire(): void {
		for (const { input } of scheduler.due(Math.floor(kernel.now))) {
			const { lateMs, twice } = faultOf();
			const withinMs = kernel.draws.number("scheduler", "within its minute") * minuteMs;
			kernel.after(withinMs + lateMs, undefined, () => call(JSON.parse(input), 0));
			if (twice) kernel.after(withinMs + lateMs + 1_000, undefined, () => call(JSON.parse(input), 0));
		}
		changed();
	}

	function sweep(): void {
		call({ sweep: true }, 0);
		kernel.after(quarterMs, undefined, sweep);
	}

	const firstSweepAt = Math.ceil((kernel.now - sweepMs) / quarterMs) * quarterMs + sweepMs;
	kernel.at(firstSweepAt, undefined, sweep);
	return { changed };
}
