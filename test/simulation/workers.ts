import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import type { HistoryResult } from "./run-history.ts";
import type { heapRequest, Task } from "./worker.ts";

export type Workers = {
	/** Runs a task in the next idle worker. */
	run(task: Task): Promise<HistoryResult>;
	/** The size of the next idle worker's heap, in octets, after a collection. */
	heap(): Promise<number>;
	close(): void;
};

/** Histories allocate many short-lived objects: a larger young generation means fewer collections. */
const execArgv = ["--max-semi-space-size=64", "--expose-gc"];
const path = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** Starts this number of processes, each of which runs one history at a time. */
export async function openWorkers(count: number): Promise<Workers> {
	const workers = await Promise.all(Array.from({ length: count }, openWorker));
	const idle = [...workers];
	const waiting: ((worker: Worker) => void)[] = [];

	function release(worker: Worker): void {
		const next = waiting.shift();
		if (next === undefined) idle.push(worker);
		else next(worker);
	}

	async function take(): Promise<Worker> {
		const worker = idle.shift();
		if (worker !== undefined) return worker;
		const { promise, resolve } = Promise.withResolvers<Worker>();
		waiting.push(resolve);
		return await promise;
	}

	async function ask(what: Task | typeof heapRequest): Promise<unknown> {
		const worker = await take();
		worker.child.send(what);
		const answer = await worker.nextMessage();
		release(worker);
		return answer;
	}

	return {
		run: async (task) => (await ask(task)) as HistoryResult,
		heap: async () => (await ask("heap")) as number,
		close() {
			for (const { child } of workers) child.kill();
		},
	};
}

type Worker = {
	readonly child: ChildProcess;
	/** The worker's next message. Rejects if the worker ends first. */
	nextMessage(): Promise<unknown>;
};

async function openWorker(): Promise<Worker> {
	const child = fork(path, { serialization: "advanced", execArgv });
	/* Workers run at low priority. No result depends on the real time that a history takes. */
	if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
	const ended = once(child, "exit").then(([status, signal]) => {
		throw new Error(`a worker of the simulator ended with ${status ?? signal}`);
	});
	ended.catch(() => undefined);
	const worker: Worker = {
		child,
		async nextMessage() {
			const { promise, resolve } = Promise.withResolvers<unknown>();
			child.once("message", resolve);
			return await Promise.race([promise, ended]);
		},
	};
	await worker.nextMessage();
	return worker;
}
