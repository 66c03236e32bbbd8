import { type CsvError, type Options, parse } from "csv-parse/sync";
import { numberColumns, numberRow } from "#shared/contracts/number-row.ts";
import type { NumberLine } from "#shared/usecases/numbers/import-numbers.ts";
import { textLines } from "./text-lines.ts";

/** The first line is wrong, so no row can be read. */
export class BadHeader extends Error {}

const charactersMax = 4_096;

const options: Options = { delimiter: [",", ";"], trim: true, relax_column_count: true };

/**
 * Reads the rows of a numbers file: CSV whose first line names the columns. No cell has a line break, so an open quote spoils only its
 * own line. Empty lines are skipped.
 * @param onIgnored called once with the columns that are not read, if there are any.
 * @throws BadHeader
 */
export async function* readNumbersCsv(
	pieces: AsyncIterable<string>,
	onIgnored: (columns: readonly string[]) => void,
): AsyncGenerator<NumberLine> {
	let header: readonly string[] | undefined;
	for await (const { line, text } of textLines(pieces, charactersMax)) {
		const row = text === null ? "is too long for a row" : cellsOf(text);
		if (header === undefined) {
			header = headerOf(row);
			const ignored = header.filter((name) => !(numberColumns as readonly string[]).includes(name));
			if (ignored.length > 0) onIgnored(ignored);
		} else if (row !== null) yield { line, ...numberOf(header, row) };
	}
	if (header === undefined) throw new BadHeader("the file is empty");
}

/** The cells of a line, or its problem, or null for an empty line. */
function cellsOf(text: string): readonly string[] | string | null {
	if (/^[,;\s]*$/.test(text)) return null;
	try {
		return parse(text.replace(/^\uFEFF/, ""), options)[0] ?? null;
	} catch (error) {
		const { code } = error as CsvError;
		if (code === undefined) throw error;
		return `has a quote out of place (${code})`;
	}
}

function headerOf(row: readonly string[] | string | null): readonly string[] {
	if (row === null || typeof row === "string") throw new BadHeader(`line 1 ${row ?? "is empty"}`);
	const names = row.map((name) => name.toLowerCase());
	const has = (name: string) => names.includes(name);
	if (!has("msisdn")) throw new BadHeader("line 1 names no column msisdn");
	if (!has("state") && !has("blocked")) throw new BadHeader("line 1 names neither a column state nor a column blocked");
	const repeatedName = names.find((name, index) => name !== "" && names.indexOf(name) < index);
	if (repeatedName !== undefined) throw new BadHeader(`line 1 names the column ${repeatedName} twice`);
	return names;
}

function numberOf(header: readonly string[], row: readonly string[] | string) {
	if (typeof row === "string") return { problem: row };
	if (row.length !== header.length) return { problem: `has ${row.length} cells, the first line has ${header.length}` };
	const parsed = numberRow.safeParse(Object.fromEntries(header.map((name, index) => [name, row[index]])));
	if (parsed.success) return { update: parsed.data };
	return { problem: parsed.error.issues.map(({ path, message }) => [...path, message].join(" ")).join("; ") };
}
