import { jittered } from "../domain/time/back-off.ts";
import { pause } from "./pause.ts";

export type RepeatOptions = {
	readonly signal: AbortSignal;
	/** Pause after a run, up to a quarter shorter or longer so that tasks do not run together. */
	readonly pauseMs: () => number;
	readonly onFailed: (err: unknown) => void;
};

/** Runs a step until the signal aborts. A run that fails is followed by the next. */
export async function repeatWithPauses(
	step: () => Promise<void>,
	{ signal, pauseMs, onFailed }: RepeatOptions,
): Promise<void> {
	while (!signal.aborted) {
		await step().catch(onFailed);
		await pause(jittered(pauseMs(), Math.random(), 0.25), signal);
	}
}
