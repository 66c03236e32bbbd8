import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./entries.ts";
import { readStage, type Stage } from "./stage.ts";

/** Where a deployment's stages lie, from the root: one file each, out of version control, so that an upgrade never meets a local change. */
export const stagesFolder = "stages";
const example = "stages/example/example.json";

/**
 * Every stage of a folder, in the order of their names. A stage is called as its file.
 * @throws Error in one line: no stage is there, or one is wrong.
 */
export function readStages(folder: string): readonly Stage[] {
	const files = stageFiles(folder);
	if (files.length === 0) {
		const shown = relative(root, folder) || ".";
		throw new Error(`${shown}/ holds no stage: copy ${example} to ${shown}/NAME.json and put in what is yours`);
	}
	return files.map((file) => {
		try {
			return readStage({ ...settingsIn(join(folder, file)), name: file.slice(0, -".json".length) });
		} catch (error) {
			throw new Error(`${relative(root, join(folder, file))}: ${(error as Error).message}`, { cause: error });
		}
	});
}

function stageFiles(folder: string): readonly string[] {
	try {
		return readdirSync(folder, { withFileTypes: true })
			.filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
			.map(({ name }) => name)
			.sort();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
		throw error;
	}
}

function settingsIn(file: string): Parameters<typeof readStage>[0] {
	const given: unknown = JSON.parse(readFileSync(file, "utf8"));
	if (typeof given !== "object" || given === null || Array.isArray(given)) throw new Error("must be a JSON object");
	if ("name" in given) throw new Error("name: take it out, a stage is called as its file");
	return given as Parameters<typeof readStage>[0];
}
