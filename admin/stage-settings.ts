import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What the command line reads of a stage's file. `npx cdk synth` checks all of it. */
const stageSettings = z.object({
	account: z.string(),
	region: z.string(),
	publicUrl: z.string(),
	certificateArn: z.string().optional(),
	operators: z.record(z.string(), z.looseObject({ binds: z.int().optional() })),
	searchIndex: z.boolean().default(true),
	quotas: z.record(z.string(), z.number()).default({}),
});
export type StageSettings = z.output<typeof stageSettings>;

/** The settings in a stage's file; null if this clone has no such file, or it cannot be read. */
export function stageSettingsOf(
	name: string,
	folder = join(import.meta.dirname, "..", "stages"),
): StageSettings | null {
	try {
		return stageSettings.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));
	} catch {
		return null;
	}
}
