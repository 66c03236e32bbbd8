import { parseArgs } from "node:util";
import { describeFailure } from "./describe-failure.ts";
import { runMutants } from "./mutants/run-mutants.ts";
import { runSeeds, type SeedRange, summaryLine } from "./run-seeds.ts";
import { openWorkers } from "./workers.ts";

/**
 * Runs simulated histories.
 * `--seeds 1-10000`: a range, on all cores. `--seed 7`: one history; with `--trace` its whole trace.
 * `--faults a,b`: only these kinds of fault. `--lost`: the stage is lost at some instant, and restored. `--mutants`: plants faults one at a time and checks that 100 seeds find
 * each; it takes half an hour or more. `--mutants NAME…`: only the mutants with such a text in their name.
 * Exits with status 1 after any failure.
 */
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		seeds: { type: "string" },
		seed: { type: "string" },
		trace: { type: "boolean", default: false },
		faults: { type: "string" },
		lost: { type: "boolean", default: false },
		mutants: { type: "boolean", default: false },
	},
});
const only = values.faults?.split(",");
const isLost = values.lost;

/** The maximum number of failed seeds printed with their trace. */
const shownMax = 3;

async function runOne(seed: number): Promise<boolean> {
	const workers = await openWorkers(1);
	const result = await workers.run({ kind: "seed", seed, isTraced: true, only, isLost });
	workers.close();
	if (values.trace) for (const line of result.lines) process.stdout.write(`${line}\n`);
	const { lines: _, pairs, possiblePairs: __, failures, ...summary } = result;
	for (const text of result.givenUp) process.stdout.write(`given up: ${text}\n`);
	if (failures.length > 0) process.stdout.write(describeFailure(result));
	process.stdout.write(`${JSON.stringify({ ...summary, failures: failures.length, pairs: pairs.length })}\n`);
	return failures.length === 0;
}

async function runRange({ from, to }: SeedRange): Promise<boolean> {
	let done = 0;
	const summary = await runSeeds({ from, to, only, isLost }, () => {
		done += 1;
		if (done % 20 === 0) process.stderr.write(`\r${done} of ${to - from + 1} seeds`);
	});
	process.stderr.write("\n");
	for (const text of summary.givenUp) process.stdout.write(`given up: ${text}\n`);
	await showFailed(summary.failed.map(({ seed }) => seed));
	process.stdout.write(`${summaryLine(summary)}\n`);
	return summary.failed.length === 0;
}

async function showFailed(seeds: readonly number[]): Promise<void> {
	if (seeds.length === 0) return;
	const workers = await openWorkers(1);
	for (const seed of seeds.slice(0, shownMax)) {
		process.stdout.write(describeFailure(await workers.run({ kind: "seed", seed, isTraced: true, only, isLost })));
	}
	workers.close();
	process.stdout.write(`failed seeds: ${seeds.join(", ")}\n`);
}

async function run(): Promise<boolean> {
	if (values.seed !== undefined) return await runOne(Number(values.seed));
	const [from = 1, to = from] = (values.seeds ?? (values.mutants ? "1-100" : "1-300")).split("-").map(Number);
	if (values.mutants) return await runMutants(positionals, { from, to }, (line) => process.stdout.write(`${line}\n`));
	return await runRange({ from, to });
}

process.exitCode = (await run()) ? 0 : 1;
