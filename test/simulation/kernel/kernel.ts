import { type Draws, draws } from "./draws.ts";
import { eventHeap, type SimulatedEvent } from "./event-heap.ts";
import { type ProcessOptions, type SimulatedProcess, simulatedProcess } from "./simulated-process.ts";
import { openTrace, type Trace } from "./trace.ts";

/**
 * One virtual clock and a heap of events. Each event runs in its process until all microtasks and ticks that it
 * causes are done; then the next event runs. No event waits for real time, so a seed always gives the same history.
 */
export type Kernel = {
	readonly seed: number;
	/** True time: milliseconds since 1970, with a fraction. */
	readonly now: number;
	readonly startedAt: number;
	/** The process whose event is running. */
	readonly current: SimulatedProcess | undefined;
	/** The process whose call to AWS takes effect. */
	readonly author: SimulatedProcess | undefined;
	/** Runs the effect of a process's call. */
	actFor<Value>(process: SimulatedProcess, run: () => Value): Value;
	readonly draws: Draws;
	readonly trace: Trace;
	/** Uncaught exceptions and rejections. */
	readonly crashes: readonly string[];
	/** Records an uncaught exception and kills the process whose event is running. */
	crash(error: unknown): void;
	start(options: ProcessOptions): SimulatedProcess;
	/**
	 * Runs a function at an instant, in a process or in the environment. It never runs if the process is dead by then;
	 * it runs later if the process is frozen.
	 */
	at(time: number, process: SimulatedProcess | undefined, run: () => void): SimulatedEvent;
	after(ms: number, process: SimulatedProcess | undefined, run: () => void): SimulatedEvent;
	/** Kills a process (SIGKILL): none of its events runs any more. */
	kill(process: SimulatedProcess): void;
	/** A process has exited by itself. */
	exit(process: SimulatedProcess): void;
	/** Callbacks for each process that dies, exits or is frozen. */
	readonly onInterrupted: Set<(process: SimulatedProcess, how: Interruption) => void>;
	/** How many processes died, and how many were frozen, by role. */
	readonly counts: { readonly deaths: ReadonlyMap<string, number>; readonly freezes: ReadonlyMap<string, number> };
	/** Freezes a process for this time (SIGSTOP, SIGCONT). Its clocks continue. */
	freeze(process: SimulatedProcess, ms: number): void;
	/** Runs events until none is left, the time is over, or the maximum has run. Returns the number of events run. */
	run(isOver: () => boolean, eventsMax: number): number;
};

export type Interruption = "died" | "exited" | "frozen";

/** Runs all pending microtasks and `process.nextTick` callbacks now. It costs a quarter of a turn of the event loop. */
const drain = (process as unknown as { readonly _tickCallback: () => void })._tickCallback;

let active: Kernel | undefined;

/** The kernel whose history is running in this Node process. */
export function activeKernel(): Kernel | undefined {
	return active;
}

/** Makes clocks, timers and randomness follow this history's kernel. */
export function activate(kernel: Kernel | undefined): void {
	active = kernel;
}

export type KernelOptions = { readonly seed: number; readonly startAt: number; readonly isTraced: boolean };

export function openKernel({ seed, startAt, isTraced }: KernelOptions): Kernel {
	const heap = eventHeap();
	const crashes: string[] = [];
	const onInterrupted: Kernel["onInterrupted"] = new Set();
	const counts = { deaths: new Map<string, number>(), freezes: new Map<string, number>() };
	let now = startAt;
	let sequence = 0;
	let current: SimulatedProcess | undefined;
	let author: SimulatedProcess | undefined;

	const stamp = () => `${new Date(now).toISOString().slice(5, 23)} ${(current?.name ?? "world").padEnd(18)}`;
	const trace = openTrace(isTraced, stamp);

	function happen(event: SimulatedEvent): void {
		now = event.time;
		current = event.process;
		const { run } = event;
		event.run = undefined;
		try {
			run?.();
			drain();
		} catch (error) {
			crash(error);
		}
		current = undefined;
	}

	/** Events of a frozen process wait until it resumes, in the same order. */
	function happenOrWait(event: SimulatedEvent): void {
		const frozenUntil = event.process?.frozenUntil ?? 0;
		if (frozenUntil <= event.time) happen(event);
		else {
			event.time = frozenUntil;
			heap.push(event);
		}
	}

	function crash(error: unknown): void {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		crashes.push(`${current?.name ?? "world"}: ${text}`);
		trace.line(() => `crashed: ${text}`);
		if (current !== undefined) kill(current);
	}

	function end(process: SimulatedProcess, how: "died" | "exited"): void {
		if (!process.alive) return;
		process.alive = false;
		trace.note(`${how} ${process.name}`, now);
		trace.line(() => `${process.name} ${how}`);
		for (const notify of onInterrupted) notify(process, how);
		for (const dies of process.onDeath) dies();
	}

	function kill(process: SimulatedProcess): void {
		if (process.alive) increment(counts.deaths, process.role);
		end(process, "died");
	}

	const kernel: Kernel = {
		seed,
		startedAt: startAt,
		get now() {
			return now;
		},
		get current() {
			return current;
		},
		get author() {
			return author;
		},
		actFor(process, run) {
			author = process;
			try {
				return run();
			} finally {
				author = undefined;
			}
		},
		draws: draws(seed),
		trace,
		crashes,
		crash,
		onInterrupted,
		counts,
		start: (options) => simulatedProcess(seed, options),
		at(time, process, run) {
			sequence += 1;
			const event = { time: Math.max(now, time), sequence, process, run };
			heap.push(event);
			return event;
		},
		after: (ms, process, run) => kernel.at(now + ms, process, run),
		kill,
		exit: (process) => end(process, "exited"),
		freeze(process, ms) {
			if (!process.alive) return;
			increment(counts.freezes, process.role);
			process.frozenUntil = Math.max(process.frozenUntil, now + ms);
			for (const notify of onInterrupted) notify(process, "frozen");
			trace.note(`frozen ${process.name}`, now, ms);
			trace.line(() => `${process.name} is frozen for ${Math.round(ms)} ms`);
		},
		run(isOver, eventsMax) {
			let ran = 0;
			for (; ran < eventsMax && !isOver(); ran += 1) {
				const event = heap.pop();
				if (event === undefined) break;
				if (event.run !== undefined && event.process?.alive !== false) happenOrWait(event);
			}
			return ran;
		},
	};
	return kernel;
}

process.on("unhandledRejection", (error) => {
	if (active === undefined) throw error;
	active.crash(error);
});

/** Cancels the event. */
export function cancel(event: SimulatedEvent): void {
	event.run = undefined;
}

function increment(counts: Map<string, number>, of: string): void {
	counts.set(of, (counts.get(of) ?? 0) + 1);
}
