import { cp, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { scenarioNames } from "../scenarios/scenario-names.ts";
import type { Workers } from "../workers.ts";
import type { Mutant, Sources } from "./mutant.ts";

/** A copy of the gateway and its simulator in a temporary folder, in which mutants are planted one at a time. */
export type PlantedTree = {
	/** Starts a worker on the code with this mutant. */
	open(mutant: Mutant): Promise<Workers>;
	/** The URLs of its scenario modules. */
	readonly scenarios: ReadonlyMap<string, string>;
	/** Takes the mutant out again. */
	restore(mutant: Mutant): Promise<void>;
	remove(): Promise<void>;
};

/** The paths that the simulator needs. */
export const parts = ["package.json", "shared", "smpp", "lambdas", "infra", "local", "test/simulation"] as const;

/** Copies the current tree, so that later changes of it do not disturb a run. */
export async function copyOf(root: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "smsgw-mutant-"));
	for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true });
	await symlink(await realpath(join(root, "node_modules")), join(folder, "node_modules"));
	return folder;
}

/** @param sources the files of `root` as they are without a mutant. */
export async function plantedTree(root: string, sources: Sources): Promise<PlantedTree> {
	const folder = await copyOf(root);
	const { href } = pathToFileURL(join(folder, "test/simulation/workers.ts"));
	const { openWorkers } = (await import(href)) as typeof import("../workers.ts");
	const moduleOf = (name: string) => pathToFileURL(join(folder, "test/simulation/scenarios", `${name}.ts`)).href;
	return {
		scenarios: new Map(scenarioNames.map((name) => [name, moduleOf(name)])),
		async open({ files }) {
			for (const { file, text } of files) await writeFile(join(folder, file), text);
			return await openWorkers(1);
		},
		async restore({ files }) {
			for (const { file } of files) await writeFile(join(folder, file), sources(file));
		},
		remove: async () => await rm(folder, { recursive: true }),
	};
}
