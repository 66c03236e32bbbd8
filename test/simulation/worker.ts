import "./kernel/patch-all.ts";
import type { HistoryResult } from "./run-history.ts";
import type { Scenario } from "./scenarios/scenario.ts";

/** What a worker is asked to run: a seed, or a scenario by the URL of its module. */
export type Task =
	| {
			readonly kind: "seed";
			readonly seed: number;
			readonly isTraced: boolean;
			/** Where given, the kinds of fault that may occur at all. */
			readonly only: readonly string[] | undefined;
	  }
	| { readonly kind: "scenario"; readonly module: string; readonly isTraced: boolean };

/* A process of its own, whose clocks and sockets go by the history that runs in it. What it imports must come after the patches. */
const { runHistory, runScenario } = await import("./run-history.ts");
const { loadCode } = await import("./world/load-code.ts");
const code = await loadCode();

const usualStackDepth = Error.stackTraceLimit;

async function run(task: Task): Promise<HistoryResult> {
	/* Errors are an ordinary thing in a history, and their stacks cost more than all the rest of them. */
	Error.stackTraceLimit = task.isTraced ? usualStackDepth : 0;
	if (task.kind === "scenario") {
		const { scenario } = (await import(task.module)) as { readonly scenario: Scenario };
		return await inTurn(() => runScenario(code, scenario, task.isTraced));
	}
	const { seed, isTraced, only } = task;
	return await inTurn(() => runHistory(code, { seed, isTraced, only: only && new Set(only) }));
}

/** Runs it outside of any microtask, for a history drains those itself. */
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

process.on("message", (task: Task) => {
	run(task).then(
		(result) => process.send?.(result),
		(error) => {
			process.stderr.write(`${JSON.stringify(task)}: ${error instanceof Error ? error.stack : error}\n`);
			process.exit(1);
		},
	);
});
process.send?.("ready");
