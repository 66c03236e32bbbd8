import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HistoryResult } from "../run-history.ts";
import type { SeedRange } from "../run-seeds.ts";
import type { Task } from "../worker.ts";
import type { Workers } from "../workers.ts";
import { mechanicalMutants } from "./mechanical-mutants.ts";
import type { Mutant, Sources } from "./mutant.ts";
import { namedMutants } from "./named-mutants.ts";
import { copyOf, type PlantedTree, plantedTree } from "./planted-tree.ts";
import { restoreMutants } from "./restore-mutants.ts";
import { cheapFirst, taskOf } from "./seeds.ts";
import { notReached, sameInEffect } from "./survivors.ts";
import { runUnmutated } from "./unmutated-code.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * A history takes about a second and has a maximum number of events (run-history.ts). One that exceeds this time
 * loops within one event.
 */
const historyMaxMs = 5 * 60_000;

const survivors = { ...sameInEffect, ...notReached };

/** How a mutant was found; undefined if it survived these seeds. */
type Result = { readonly found: string | undefined; readonly seeds: readonly number[] };

/**
 * Plants one mutant at a time and runs the scenarios and then seeds until one fails that passes without it. @param
 * only if given, only mutants with one of these texts in their name. @returns whether all mutants were found, except
 * those that survivors.ts explains.
 */
export async function runMutants(
	only: readonly string[],
	range: SeedRange,
	print: (line: string) => unknown,
): Promise<boolean> {
	const original = await copyOf(root);
	const sources = (file: string) => readFileSync(join(original, file), "utf8");
	const mutants = [...mechanicalMutants(sources), ...namedMutants(sources), ...restoreMutants(sources)].filter(
		({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
	);
	const trees = await Promise.all(Array.from({ length: availableParallelism() }, () => plantedTree(original, sources)));
	try {
		const results = await runAll({ trees, mutants, sources, seeds: cheapFirst(range) }, print);
		return judge(results, only.length === 0, print);
	} finally {
		await Promise.all([...trees.map((tree) => tree.remove()), rm(original, { recursive: true })]);
	}
}

type Run = {
	readonly trees: readonly PlantedTree[];
	readonly mutants: readonly Mutant[];
	readonly sources: Sources;
	readonly seeds: readonly number[];
};

async function runAll(run: Run, print: (line: string) => unknown): Promise<ReadonlyMap<string, Result>> {
	const { trees, mutants } = run;
	const ordinary = mutants.filter(({ isLost }) => !isLost);
	const sound = await runUnmutated(trees, { ...run, mutants: ordinary, seeds: ordinary.length > 0 ? run.seeds : [] });
	const seeds = run.seeds.filter((seed) => !sound.failed.has(seed));
	print(`seeds that fail without a mutant: ${[...sound.failed].join(", ") || "none"}`);
	const results = new Map<string, Result>();
	const left = [...mutants];
	async function workIn(tree: PlantedTree): Promise<void> {
		for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
			const { name, place } = mutant;
			const own = place === undefined ? seeds : seeds.filter((seed) => sound.reaching(place).has(seed));
			const result = { found: await find(tree, mutant, own), seeds: own };
			results.set(name, result);
			print(textOf(name, result));
		}
	}
	await Promise.all(trees.map(workIn));
	return results;
}

function textOf(name: string, { found, seeds }: Result): string {
	const how = found ?? `survived ${seeds.length} seeds${name in survivors ? ", as expected" : ""}`;
	return `${how} · ${name}`;
}

function judge(results: ReadonlyMap<string, Result>, isWhole: boolean, print: (line: string) => unknown): boolean {
	const survived = [...results].filter(([, { found }]) => found === undefined).map(([name]) => name);
	const unargued = survived.filter((name) => !(name in survivors));
	const listed = Object.keys(survivors).filter((name) => isWhole || results.has(name));
	const stale = listed.filter((name) => !survived.includes(name));
	for (const name of unargued) print(`survived, and survivors.ts does not say why: ${name}`);
	for (const name of stale) print(`was found, or is no mutant, and survivors.ts lists it: ${name}`);
	const argued = survived.length - unargued.length;
	const found = results.size - survived.length;
	const same = survived.filter((name) => name in sameInEffect).length;
	const share = Math.floor((100 * found) / Math.max(1, results.size - same));
	print(`${results.size} mutants: ${found} found, ${survived.length} survived (${argued} argued)`);
	print(`${same} of them are the same in effect; ${found} of the other ${results.size - same} are found: ${share} %`);
	return unargued.length + stale.length === 0;
}

async function find(tree: PlantedTree, mutant: Mutant, seeds: readonly number[]): Promise<string | undefined> {
	/* A mutant that does not load does not test the checks: it ends the run. */
	const workers = await tree.open(mutant);
	try {
		for (const [name, module] of mutant.isLost ? [] : tree.scenarios) {
			const failure = await failureIn(workers, { kind: "scenario", module, isTraced: false });
			if (failure !== undefined) return `found by the scenario ${name}: ${failure}`;
		}
		for (const seed of seeds) {
			const failure = await failureIn(workers, { ...taskOf(seed), isLost: mutant.isLost === true });
			if (failure !== undefined) return `found at seed ${seed}: ${failure}`;
		}
		return undefined;
	} finally {
		workers.close();
		await tree.restore(mutant);
	}
}

async function failureIn(workers: Workers, task: Task): Promise<string | undefined> {
	const limit = Promise.withResolvers<undefined>();
	const timer = setTimeout(() => limit.resolve(undefined), historyMaxMs);
	try {
		const result = await Promise.race([workers.run(task), limit.promise]);
		return result === undefined ? "it does not come to rest" : firstFailure(result);
	} catch (error) {
		return `crashes: ${String(error)}`;
	} finally {
		clearTimeout(timer);
	}
}

function firstFailure({ failures: [first] }: HistoryResult): string | undefined {
	return first && `${first.kind}: ${first.text.split("\n")[0]}`;
}
