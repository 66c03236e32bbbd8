import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./entries.ts";
import { readStage, type Stage } from "./stage.ts";

/** Folder of a deployment's stages, one file each. Not under version control, so an upgrade meets no local changes. */
export const stagesFolder = "stages";
const example = "stages/example/example.json";

/**
 * The stages of a folder, by name. A file's name is the stage's name.
 * @throws Error in one line if there is no stage, or one is wrong.
 */
export function readStages(folder: string): readonly Stage[] {
	const files = stageFiles(folder);
	if (files.length === 0) {
		const shown = relative(root, folder) || ".";
		throw new Error(`${shown}/ has no stage: copy ${example} to ${shown}/NAME.json and change its settings`);
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
	if ("name" in given) throw new Error("name: remove it, since the file's name is the stage's name");
	return given as Parameters<typeof readStage>[0];
}
