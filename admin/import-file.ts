import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { NumberStore } from "#shared/ports.ts";
import { type ImportTally, importNumbers } from "#shared/usecases/import-numbers.ts";
import { Failure, inOneLine } from "./complaints.ts";
import { readNumbersCsv } from "./numbers-csv.ts";
import type { Outcome } from "./output.ts";

/** What an import ends with that was not done, or broke off. */
const notDone = 2;

const say = (line: string) => void process.stderr.write(`${line}\n`);
/** Five seconds' worth at the usual pace. */
const progressRows = 10_000;

/** A line now and then, on a terminal always the same one. */
function tell(tally: ImportTally): void {
	if (tally.rows % progressRows !== 0) return;
	const [before, after] = process.stderr.isTTY ? ["\r", ""] : ["", "\n"];
	process.stderr.write(`${before}${inWords(tally)}${after}`);
}

function inWords({ rows, written, unchanged, removed, bad }: ImportTally): string {
	return `${rows} rows: ${written} written, ${unchanged} unchanged, ${removed} removed, ${bad} passed over`;
}

/**
 * Brings the Numbers table to what a CSV file says: ported numbers, and blocked ones (R4, A49). Tells on standard error how far it is.
 * @throws Failure where it was not done or broke off.
 */
export async function importFile(numbers: NumberStore, file: string, rowsPerSecond: number): Promise<Outcome> {
	const pieces = createReadStream(file, { encoding: "utf8" });
	const ignored = (columns: readonly string[]) => say(`columns that are not read: ${columns.join(", ")}`);
	let last: ImportTally | undefined;
	const onProgress = (tally: ImportTally) => {
		last = tally;
		tell(tally);
	};
	const importing = { numbers, now: () => performance.now(), pause, rowsPerSecond, onProgress };
	try {
		return concluded(await importNumbers(importing, readNumbersCsv(pieces, ignored)));
	} catch (error) {
		if (last !== undefined) say(`broke off after ${inWords(last)}; the same file may be imported again`);
		throw new Failure(inOneLine(error), { exitCode: notDone, cause: error });
	}
}

/** Says what became of the file. */
function concluded(tally: ImportTally): Outcome {
	if (process.stderr.isTTY) say("");
	for (const { line, problem } of tally.badLines) say(`line ${line}: ${problem}`);
	if (tally.bad > tally.badLines.length) say(`and ${tally.bad - tally.badLines.length} more`);
	return { data: tally, text: inWords(tally), exitCode: tally.bad > 0 ? 1 : 0 };
}
