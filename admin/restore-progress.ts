import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { type Position, type RestoreProgress, start } from "#shared/usecases/restore/walk-table.ts";
import { UsageError } from "./errors.ts";

const count = z.int().min(0);

const progressFile = jsonText.pipe(
	z.strictObject({
		/** The restore that the file is of: its stage's prefix, its restored tables and their time. */
		of: z.string(),
		positions: z.record(
			z.string(),
			z.strictObject({
				from: z.string().nullable(),
				isDone: z.boolean(),
				rows: count,
				done: count,
				unreadable: count,
			}),
		),
	}),
);

export type FileProgress = RestoreProgress & {
	/** Whether the file was there before. */
	readonly isContinued: boolean;
	readonly positions: ReadonlyMap<string, Position>;
};

/**
 * The positions of a restore, in a file that is replaced after each page.
 * @param of names the restore. @throws UsageError if the file is of another restore, or cannot be read.
 */
export function fileProgress(
	file: string,
	of: string,
	onSaved: (step: string, position: Position) => void,
): FileProgress {
	const isContinued = existsSync(file);
	const positions = new Map(isContinued ? Object.entries(read(file, of)) : []);
	return {
		isContinued,
		positions,
		of: (step) => positions.get(step) ?? start,
		save(step, position) {
			positions.set(step, position);
			writeFileSync(`${file}.new`, JSON.stringify({ of, positions: Object.fromEntries(positions) }, null, "\t"));
			renameSync(`${file}.new`, file);
			onSaved(step, position);
		},
	};
}

function read(file: string, of: string): Readonly<Record<string, Position>> {
	const parsed = progressFile.safeParse(readFileSync(file, "utf8"));
	if (!parsed.success) throw new UsageError(`${file} is not the progress of a restore: give another --progress`);
	if (parsed.data.of !== of)
		throw new UsageError(`${file} is the progress of another restore, ${parsed.data.of}: give another --progress`);
	return parsed.data.positions;
}
