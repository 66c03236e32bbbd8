import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { HistoryResult } from "../run-history.ts";
import { openWorkers, type Workers } from "../workers.ts";
import { historySettings } from "../world/settings.ts";
import { mechanicalMutants } from "./mechanical-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { namedMutants } from "./named-mutants.ts";
import { type PlantedTree, plantedTree } from "./planted-tree.ts";
import { survivors } from "./survivors.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = (file: string) => readFileSync(join(root, file), "utf8");

const seedsMax = 100;
/** Those that go over days last. */
const seeds = Array.from({ length: seedsMax }, (_, index) => index + 1).sort(
	(one, other) => Number(historySettings(one).isLong) - Number(historySettings(other).isLong),
);
/** A history takes about a second: one that takes so long goes round in circles. */
const historyMaxMs = 120_000;

/** What a mutant came to: how it was found, or undefined. */
type Found = string | undefined;

/** Plants one mutant after the other and runs seeds until one fails. @param only where given, those whose name has one of these in it. @returns whether all is as expected. */
export async function runMutants(only: readonly string[], print: (line: string) => void): Promise<boolean> {
	const mutants = [...namedMutants(sources), ...mechanicalMutants(sources)].filter(
		({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
	);
	const sound = soundCode();
	const results = new Map<string, Found>();
	const left = [...mutants];
	async function work(): Promise<void> {
		const tree = await plantedTree(root);
		for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
			const found = await find(tree, mutant, sound);
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

function judge(results: ReadonlyMap<string, Found>, isWhole: boolean, print: (line: string) => void): boolean {
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

async function find(tree: PlantedTree, mutant: Mutant, sound: SoundCode): Promise<Found> {
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
		const result = await Promise.race([
			workers.run({ kind: "seed", seed, isTraced: false, only: undefined }),
			limit.promise,
		]);
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
		const result = await (await workers).run({ kind: "seed", seed, isTraced: false, only: undefined });
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
