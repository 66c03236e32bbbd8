import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const stageFile = z.object({ region: z.string() });

/** The region in a stage's file, if this clone has the file; without it the SDK's variables decide. */
export function stageRegion(name: string, folder = join(import.meta.dirname, "..", "stages")): string | undefined {
	try {
		return stageFile.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))).region;
	} catch {
		return undefined;
	}
}
