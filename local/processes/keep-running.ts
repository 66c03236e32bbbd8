import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";

/** A process that is started again whenever it ends, until it is stopped. */
export type KeptProcess = {
	pid(): number;
	/** Kills it as it stands, and returns once it is dead; it is then started again. */
	kill(): Promise<void>;
	stop(withinMs: number): Promise<void>;
};

export type KeepRunningOptions = {
	readonly first: Child;
	/** Starts the next one and hands it to `adopt` at once; returns when it is up. */
	readonly restart: (adopt: (child: Child) => void) => Promise<void>;
	readonly pauseMs: number;
	/** It ended, or could not be started, and nobody asked for that. */
	readonly onExited: (how: string) => void;
};

export function keepRunning({ first, restart, pauseMs, onExited }: KeepRunningOptions): KeptProcess {
	let child = first;
	let stopping = false;
	const killed = new Set<Child>();
	const adopt = (next: Child) => {
		child = next;
		if (stopping) next.kill();
	};
	const keep = async () => {
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
	const over = keep();
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
			await over;
		},
	};
}
