import {
	closeSync,
	existsSync,
	fsyncSync,
	ftruncateSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { UsageError } from "./errors.ts";

/** How far an export has come. `from`: where the next page begins; null: at the first row. */
export type ExportPosition = {
	readonly from: string | null;
	readonly isDone: boolean;
	readonly rows: number;
	readonly written: number;
	/** Rows that could not be read. */
	readonly unreadable: number;
};

const count = z.int().min(0);
const progressText = jsonText.pipe(
	z.strictObject({
		of: z.string(),
		bytes: count,
		from: z.string().nullable(),
		isDone: z.boolean(),
		rows: count,
		written: count,
		unreadable: count.default(0),
	}),
);

export type ExportFile = {
	readonly position: ExportPosition;
	/** Appends lines, and remembers the position after them. */
	append(lines: string, position: ExportPosition): void;
	/** The export is complete: the file of its progress is removed. */
	complete(): void;
	close(): void;
};

const start: ExportPosition = { from: null, isDone: false, rows: 0, written: 0, unreadable: 0 };

/**
 * Opens the file of an export. Its progress is in a file beside it. If that is there, the export continues: what was written
 * after the last remembered position is cut off. A new file has its progress at once, so an export that stops before its
 * first page can be continued.
 * @param of names the export: what it selects, and how it writes it.
 * @throws UsageError if the file exists without its progress, or if its progress is of another export.
 */
export function exportFile(path: string, of: string): ExportFile {
	const progressPath = `${path}.progress`;
	const known = readProgress(path, progressPath, of);
	const file = opened(path, known === null);
	let bytes = known?.bytes ?? 0;
	ftruncateSync(file, bytes);

	function remember({ from, isDone, rows, written, unreadable }: ExportPosition): void {
		writeFileSync(`${progressPath}.new`, JSON.stringify({ of, bytes, from, isDone, rows, written, unreadable }));
		renameSync(`${progressPath}.new`, progressPath);
	}

	if (known === null) remember(start);
	return {
		position: known ?? start,
		append(lines, position) {
			const octets = Buffer.from(lines);
			let done = 0;
			while (done < octets.length) done += writeSync(file, octets, done, octets.length - done, bytes + done);
			fsyncSync(file);
			bytes += octets.length;
			remember(position);
		},
		complete: () => rmSync(progressPath, { force: true }),
		close: () => closeSync(file),
	};
}

function opened(path: string, isNew: boolean): number {
	try {
		/* Texts and numbers of subscribers: for the user only. */
		return openSync(path, isNew ? "wx" : "r+", 0o600);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const why = code === "EEXIST" ? "exists already: remove it, or give another file" : `cannot be written: ${code}`;
		throw new UsageError(`${path} ${why}`, { cause: error });
	}
}

function readProgress(path: string, progressPath: string, of: string) {
	if (!existsSync(progressPath)) return null;
	const parsed = progressText.safeParse(readFileSync(progressPath, "utf8"));
	if (!parsed.success) throw new UsageError(`${progressPath} is not the progress of an export: remove it and ${path}`);
	if (parsed.data.of !== of) throw new UsageError(`${progressPath} is of another export, ${parsed.data.of}`);
	return parsed.data;
}
