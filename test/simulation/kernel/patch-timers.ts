import { createRequire, syncBuiltinESMExports } from "node:module";
import { activeKernel, cancel } from "./kernel.ts";

const require = createRequire(import.meta.url);

/** The bound of real timers: a delay above it, or below 1, is 1. */
const longestMs = 2 ** 31 - 1;
const soundMs = (ms: unknown) => (Number(ms) >= 1 && Number(ms) <= longestMs ? Math.trunc(Number(ms)) : 1);

type Run = (...values: readonly unknown[]) => void;

/** The timer object of `setTimeout`, `setInterval` and `setImmediate` while a history runs. */
class SimulatedTimer {
	#event: ReturnType<typeof schedule> | undefined;
	readonly #run: () => void;
	readonly #ms: number;
	readonly #again: boolean;

	constructor(ms: number, run: () => void, again: boolean) {
		this.#ms = ms;
		this.#run = run;
		this.#again = again;
		this.#set();
	}

	#set(): void {
		this.#event = schedule(this.#ms, () => {
			if (this.#again) this.#set();
			else this.#event = undefined;
			this.#run();
		});
	}

	clear(): void {
		if (this.#event !== undefined) cancel(this.#event);
		this.#event = undefined;
	}

	refresh(): this {
		this.clear();
		this.#set();
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}

	hasRef(): boolean {
		return true;
	}
}

function schedule(ms: number, run: () => void) {
	const kernel = activeKernel();
	if (kernel === undefined) throw new Error("no history is running");
	return kernel.after(ms, kernel.current, run);
}

/**
 * Makes timers of this Node process follow the virtual clock. Call it once, before the project's modules are loaded.
 */
export function patchTimers(): void {
	const timers = require("node:timers") as Record<string, Run>;
	const promises = require("node:timers/promises") as Record<string, Run>;
	const real = { ...timers };
	const either = (name: string, simulated: Run) => {
		const original = real[name] as Run;
		const patched = (...values: readonly unknown[]) =>
			activeKernel() === undefined ? original(...values) : simulated(...values);
		/* The promisified timers use the patched promises below. */
		timers[name] = patched;
		(globalThis as unknown as Record<string, Run>)[name] = patched;
	};
	either("setTimeout", (run, ms, ...values) => timer(soundMs(ms), run, values, false) as never);
	either("setInterval", (run, ms, ...values) => timer(soundMs(ms), run, values, true) as never);
	either("setImmediate", (run, ...values) => timer(0, run, values, false) as never);
	for (const name of ["clearTimeout", "clearInterval", "clearImmediate"]) {
		const original = real[name] as Run;
		const clear: Run = (one) => {
			if (one instanceof SimulatedTimer) one.clear();
			else original(one);
		};
		timers[name] = clear;
		(globalThis as unknown as Record<string, Run>)[name] = clear;
	}
	const realWait = promises["setTimeout"] as Run;
	promises["setTimeout"] = (ms, value, options) =>
		(activeKernel() === undefined
			? realWait(ms, value, options)
			: wait(soundMs(ms), value, options as { readonly signal?: AbortSignal } | undefined)) as never;
	const realTimeout = AbortSignal.timeout.bind(AbortSignal);
	AbortSignal.timeout = (ms) => (activeKernel() === undefined ? realTimeout(ms) : abortAfter(ms));
	const realAny = AbortSignal.any.bind(AbortSignal);
	AbortSignal.any = (signals) => (activeKernel() === undefined ? realAny(signals) : abortWithAny(signals));
	syncBuiltinESMExports();
}

function timer(ms: number, run: unknown, values: readonly unknown[], again: boolean): SimulatedTimer {
	return new SimulatedTimer(ms, () => (run as Run)(...values), again);
}

function wait(ms: number, value: unknown, options: { readonly signal?: AbortSignal } | undefined): Promise<unknown> {
	const { promise, resolve, reject } = Promise.withResolvers<unknown>();
	const signal = options?.signal;
	const aborted = () => {
		cancel(event);
		reject(Object.assign(new Error("The operation was aborted"), { name: "AbortError", code: "ABORT_ERR" }));
	};
	const event = schedule(ms, () => {
		signal?.removeEventListener("abort", aborted);
		resolve(value);
	});
	if (signal?.aborted) aborted();
	else signal?.addEventListener("abort", aborted, { once: true });
	return promise;
}

function abortAfter(ms: number): AbortSignal {
	const controller = new AbortController();
	schedule(ms, () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")));
	return controller.signal;
}

/**
 * Node keeps a signal of `AbortSignal.any` that has listeners until it is aborted. A killed task never removes its
 * listeners, so its whole history would stay in memory.
 */
function abortWithAny(signals: Iterable<AbortSignal>): AbortSignal {
	const controller = new AbortController();
	for (const signal of signals) {
		const abort = () => controller.abort(signal.reason);
		if (signal.aborted) abort();
		else signal.addEventListener("abort", abort, { once: true });
	}
	return controller.signal;
}
