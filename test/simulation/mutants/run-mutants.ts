import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HistoryResult } from "../run-history.ts";
import type { SeedRange } from "../run-seeds.ts";
import { openWorkers, type Workers } from "../workers.ts";
import { faultKinds, historySettings } from "../world/settings.ts";
import { mechanicalMutants } from "./mechanical-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { namedMutants } from "./named-mutants.ts";
import { type PlantedTree, plantedTree } from "./planted-tree.ts";
import { survivors } from "./survivors.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = (file: string) => readFileSync(join(root, file), "utf8");

/** Those that go over days last. */
function inOrder({ from, to }: SeedRange): readonly number[] {
	const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);
	return seeds.sort((one, other) => Number(historySettings(one).isLong) - Number(historySettings(other).isLong));
}

/** Where none of these happens, hardly any copy is excused. */
const excuses: ReadonlySet<string> = new Set([
	...["task-kill", "task-freeze", "death-before", "death-after-effect", "freeze-after-effect", "sqs-duplicate"],
]);
const unexcused = faultKinds.filter((kind) => !excuses.has(kind));

/** What is run of a seed: of every other one, a history in which copies are not excused. */
const taskOf = (seed: number) =>
	({ kind: "seed", seed, isTraced: false, only: seed % 2 === 0 ? unexcused : undefined }) as const;

/** A history takes about a second, and has an end after so many events (run-history.ts): one that takes so long loops within one. */
const historyMaxMs = 5 * 60_000;

/** What a mutant came to: how it was found, or undefined. */
type Found = string | undefined;

/**
 * Plants one mutant after the other and runs seeds until one fails.
 * @param only where given, those whose name has one of these in it.
 * @returns whether all are found but those that survivors.ts argues for.
 */
export async function runMutants(
	only: readonly string[],
	range: SeedRange,
	print: (line: string) => unknown,
): Promise<boolean> {
	const mutants = [...namedMutants(sources), ...mechanicalMutants(sources)].filter(
		({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
	);
	const sound = soundCode();
	const seeds = inOrder(range);
	const results = new Map<string, Found>();
	const left = [...mutants];
	async function work(): Promise<void> {
		const tree = await plantedTree(root);
		for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
			const found = await find({ tree, mutant, sound, seeds });
			results.set(mutant.name, found);
			print(`${found ?? survival(mutant.name)} · ${mutant.name}`);
		}
		await tree.remove();
	}
	await Promise.all(Array.from({ length: Math.min(availableParallelism(), mutants.length) }, work));
	sound.close();
	return judge(results, only.length === 0, print);
}

const survival = (name: string) => `survived${name in survivors ? ", as expected" : ""}`;

function judge(results: ReadonlyMap<string, Found>, isWhole: boolean, print: (line: string) => unknown): boolean {
	const survived = [...results].filter(([, found]) => found === undefined).map(([name]) => name);
	const unargued = survived.filter((name) => !(name in survivors));
	const listed = Object.keys(survivors).filter((name) => isWhole || results.has(name));
	const stale = listed.filter((name) => !survived.includes(name));
	for (const name of unargued) print(`survived, and survivors.ts does not say why: ${name}`);
	for (const name of stale) print(`was found, or is no mutant, and survivors.ts lists it: ${name}`);
	const argued = survived.length - unargued.length;
	const found = results.size - survived.length;
	print(`${results.size} mutants: ${found} found, ${survived.length} survived (${argued} argued)`);
	return unargued.length + stale.length === 0;
}

type Search = {
	readonly tree: PlantedTree;
	readonly mutant: Mutant;
	readonly sound: SoundCode;
	readonly seeds: readonly number[];
};

async function find({ tree, mutant, sound, seeds }: Search): Promise<Found> {
	let workers: Workers | undefined;
	try {
		for (const seed of seeds) {
			workers ??= await tree.open(mutant).catch(() => undefined);
			if (workers === undefined) return "found: it does not load";
			const outcome = await outcomeOf(workers, seed);
			if (outcome.isOver) workers = undefined;
			if (outcome.failure !== undefined && !(await sound.fails(seed)))
				return `found at seed ${seed}: ${outcome.failure}`;
		}
		return undefined;
	} finally {
		workers?.close();
		await tree.restore(mutant);
	}
}

type Outcome = { readonly failure: string | undefined; readonly isOver: boolean };

async function outcomeOf(workers: Workers, seed: number): Promise<Outcome> {
	const limit = Promise.withResolvers<"too long">();
	const timer = setTimeout(() => limit.resolve("too long"), historyMaxMs);
	try {
		const result = await Promise.race([workers.run(taskOf(seed)), limit.promise]);
		if (result !== "too long") return { failure: failureOf(result), isOver: false };
		workers.close();
		return { failure: "it does not come to rest", isOver: true };
	} catch (error) {
		return { failure: `crashes: ${String(error)}`, isOver: true };
	} finally {
		clearTimeout(timer);
	}
}

function failureOf({ failures: [first] }: HistoryResult): string | undefined {
	return first && `${first.kind}: ${first.text.split("\n")[0]}`;
}

/** The code without a mutant: what fails there too shows nothing. */
type SoundCode = { fails(seed: number): Promise<boolean>; close(): void };

function soundCode(): SoundCode {
	const known = new Map<number, Promise<boolean>>();
	let workers: Promise<Workers> | undefined;
	async function fails(seed: number): Promise<boolean> {
		workers ??= openWorkers(1);
		const result = await (await workers).run(taskOf(seed));
		return result.failures.length > 0;
	}
	return {
		async fails(seed) {
			const answer = known.get(seed) ?? fails(seed);
			known.set(seed, answer);
			return await answer;
		},
		close: () => void workers?.then((own) => own.close()),
	};
}
