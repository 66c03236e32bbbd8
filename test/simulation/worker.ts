import "./kernel/patch-all.ts";
import type { HistoryResult } from "./run-history.ts";
import type { Scenario } from "./scenarios/scenario.ts";

/** A worker's task: a seed, or a scenario by the URL of its module. */
export type Task =
	| {
			readonly kind: "seed";
			readonly seed: number;
			readonly isTraced: boolean;
			/** If given, only these kinds of fault may occur. */
			readonly only: readonly string[] | undefined;
			/** Whether the stage is lost and restored. */
			readonly isLost?: boolean;
	  }
	| { readonly kind: "scenario"; readonly module: string; readonly isTraced: boolean };

/** Asks a worker for the size of its heap, in octets, after a collection. */
export const heapRequest = "heap";

/* This process's clocks and sockets follow the history that runs in it. The imports must come after the patches. */
const { runHistory, runScenario } = await import("./run-history.ts");
const { loadCode } = await import("./world/load-code.ts");
const code = await loadCode();

const usualStackDepth = Error.stackTraceLimit;

async function run(task: Task): Promise<HistoryResult> {
	/* Errors are ordinary in a history, and their stack traces would cost more than everything else. */
	Error.stackTraceLimit = task.isTraced ? usualStackDepth : 0;
	if (task.kind === "scenario") {
		const { scenario } = (await import(task.module)) as { readonly scenario: Scenario };
		return await inTurn(() => runScenario(code, scenario, task.isTraced));
	}
	const { only, ...options } = task;
	return await inTurn(() => runHistory(code, { ...options, only: only && new Set(only) }));
}

/** Runs outside of any microtask, because a history drains the microtask queue itself. */
function inTurn<Value>(work: () => Value): Promise<Value> {
	const { promise, resolve, reject } = Promise.withResolvers<Value>();
	setImmediate(() => {
		try {
			resolve(work());
		} catch (error) {
			reject(error);
		}
	});
	return promise;
}

async function collectedHeap(): Promise<number> {
	globalThis.gc?.();
	await inTurn(() => undefined);
	globalThis.gc?.();
	return process.memoryUsage().heapUsed;
}

process.on("message", (task: Task | typeof heapRequest) => {
	const answer: Promise<HistoryResult | number> = task === heapRequest ? collectedHeap() : run(task);
	answer.then(
		(result) => process.send?.(result),
		(error) => {
			process.stderr.write(`${JSON.stringify(task)}: ${error instanceof Error ? error.stack : error}\n`);
			process.exit(1);
		},
	);
});
process.send?.("ready");
