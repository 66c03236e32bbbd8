import { activeKernel } from "./kernel.ts";

const RealDate = Date;

function timeOfDay(): number {
	const kernel = activeKernel();
	return kernel === undefined ? realNow() : Math.floor(kernel.now + (kernel.current?.skewMs ?? 0));
}

const realNow = Date.now.bind(Date);

/** A `Date` whose current time is the virtual clock plus the skew of the running process. */
class SimulatedDate extends RealDate {
	constructor(...values: readonly unknown[]) {
		if (values.length === 0) super(timeOfDay());
		else super(...(values as [number]));
	}

	static override now(): number {
		return timeOfDay();
	}

	static override [Symbol.hasInstance](value: unknown): boolean {
		return value instanceof RealDate;
	}
}

/** Makes the time of day and the monotonic clock follow the virtual clock. */
export function patchClocks(): void {
	RealDate.now = timeOfDay;
	globalThis.Date = SimulatedDate as DateConstructor;
	const monotonic = performance.now.bind(performance);
	Object.defineProperty(performance, "now", {
		value: () => {
			const kernel = activeKernel();
			return kernel === undefined ? monotonic() : kernel.now - kernel.startedAt + 1_000;
		},
	});
}
