import type { HistoryResult } from "../run-history.ts";
import { edited, type Mutant, type Place, type PlantedFile, type Sources } from "./mutant.ts";
import type { PlantedTree } from "./planted-tree.ts";
import { taskOf } from "./seeds.ts";

/** The results of histories without a mutant. */
export type UnmutatedCode = {
	/** The seeds that fail without a mutant: their failure does not show that a mutant was found. */
	readonly failed: ReadonlySet<number>;
	/** The seeds whose histories reach a place. */
	reaching(place: Place): ReadonlySet<number>;
};

/** Runs these seeds in all trees at once. */
export async function runUnmutated(
	trees: readonly PlantedTree[],
	{
		seeds,
		mutants,
		sources,
	}: { readonly seeds: readonly number[]; readonly mutants: readonly Mutant[]; readonly sources: Sources },
): Promise<UnmutatedCode> {
	const places = mutants.flatMap(({ place }) => place ?? []);
	const marked: Mutant = { name: "none", files: [...marks(places, sources), ...report(sources)] };
	const results = new Map<number, HistoryResult>();
	const left = [...seeds];
	await Promise.all(
		trees.map(async (tree) => {
			const workers = await tree.open(marked);
			for (let seed = left.shift(); seed !== undefined; seed = left.shift())
				results.set(seed, await workers.run(taskOf(seed)));
			workers.close();
			await tree.restore(marked);
		}),
	);
	return {
		failed: new Set(seeds.filter((seed) => (results.get(seed)?.failures.length ?? 0) > 0)),
		reaching: (place) => new Set(seeds.filter((seed) => results.get(seed)?.lines.includes(nameOf(place)))),
	};
}

const nameOf = ({ file, offset }: Place) => `${file}:${offset}`;

/** The files with a mark at each place. A history sets the marks of the places that it reaches. */
function marks(places: readonly Place[], sources: Sources): readonly PlantedFile[] {
	return [...Map.groupBy(places, ({ file }) => file)].map(([file, own]) => {
		const inserted = new Map(own.flatMap(markOf).sort(([one], [other]) => other - one));
		const text = [...inserted].reduce(
			(marked, [at, mark]) => marked.slice(0, at) + mark + marked.slice(at),
			sources(file),
		);
		return { file, text };
	});
}

function markOf(place: Place): readonly (readonly [at: number, text: string])[] {
	const mark = `(globalThis.reached ??= new Set()).add(${JSON.stringify(nameOf(place))})`;
	const { offset, conditionEnd } = place;
	return conditionEnd === undefined
		? [[offset, `${mark}; `]]
		: [
				[offset, "("],
				[conditionEnd, `) && ${mark}`],
			];
}

/** Makes a history return its marks instead of its trace. */
function report(sources: Sources): readonly PlantedFile[] {
	const file = "test/simulation/run-history.ts";
	const to = "lines: [globalThis.reached ?? [], (globalThis.reached = new Set())].flatMap((set) => [...set]),";
	return edited("none", [{ file, from: "lines: kernel.trace.lines,", to }], sources).files;
}
