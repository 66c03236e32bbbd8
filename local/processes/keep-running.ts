import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";

/** A process that is started again whenever it ends, until it is stopped. */
export type RestartedProcess = {
	pid(): number;
	/** Sends SIGKILL and returns when the process is dead; it is then started again. */
	kill(): Promise<void>;
	stop(withinMs: number): Promise<void>;
};

export type KeepRunningOptions = {
	readonly first: Child;
	/** Starts the next process, passes it to `adopt` at once, and returns when it is ready. */
	readonly restart: (adopt: (child: Child) => void) => Promise<void>;
	readonly pauseMs: number;
	readonly onExited: (how: string) => void;
};

export function keepRunning({ first, restart, pauseMs, onExited }: KeepRunningOptions): RestartedProcess {
	let child = first;
	let stopping = false;
	const killed = new Set<Child>();
	const adopt = (next: Child) => {
		child = next;
		if (stopping) next.kill();
	};
	const restartUntilStopped = async () => {
		while (!stopping) {
			const current = child;
			const how = await current.exited;
			if (stopping) return;
			if (!killed.has(current)) onExited(how);
			await wait(pauseMs);
			if (stopping) return;
			await restart(adopt).catch((error: unknown) => onExited(String(error)));
		}
	};
	const finished = restartUntilStopped();
	return {
		pid: () => child.pid,
		kill: async () => {
			const current = child;
			killed.add(current);
			current.kill();
			await current.exited;
		},
		stop: async (withinMs) => {
			stopping = true;
			await child.stop(withinMs);
			await finished;
		},
	};
}
