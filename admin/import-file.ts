import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type ImportTally, importNumbers } from "#shared/usecases/numbers/import-numbers.ts";
import type { NumberStore } from "#shared/usecases/numbers/number-store.ts";
import { CommandError, inOneLine } from "./errors.ts";
import { readNumbersCsv } from "./numbers-csv.ts";
import type { Outcome } from "./output.ts";

/** What an import ends with that was not done, or broke off. */
const importFailedExitCode = 2;

const printLine = (line: string) => void process.stderr.write(`${line}\n`);
/** Five seconds' worth at the usual pace. */
const progressRows = 10_000;

/** A line now and then, on a terminal always the same one. */
function printProgress(tally: ImportTally): void {
	if (tally.rows % progressRows !== 0) return;
	const [before, after] = process.stderr.isTTY ? ["\r", ""] : ["", "\n"];
	process.stderr.write(`${before}${summaryOf(tally)}${after}`);
}

function summaryOf({ rows, written, unchanged, removed, bad }: ImportTally): string {
	return `${rows} rows: ${written} written, ${unchanged} unchanged, ${removed} removed, ${bad} passed over`;
}

/**
 * Brings the Numbers table to what a CSV file says: ported numbers, and blocked ones (R4, A49). Tells on standard error how far it is.
 * @throws CommandError where it was not done or broke off.
 */
export async function importFile(numbers: NumberStore, file: string, rowsPerSecond: number): Promise<Outcome> {
	const pieces = createReadStream(file, { encoding: "utf8" });
	const printIgnoredColumns = (columns: readonly string[]) =>
		printLine(`columns that are not read: ${columns.join(", ")}`);
	let lastTally: ImportTally | undefined;
	const onProgress = (tally: ImportTally) => {
		lastTally = tally;
		printProgress(tally);
	};
	const importing = { numbers, now: () => performance.now(), pause, rowsPerSecond, onProgress };
	try {
		return importOutcome(await importNumbers(importing, readNumbersCsv(pieces, printIgnoredColumns)));
	} catch (error) {
		if (lastTally !== undefined)
			printLine(`broke off after ${summaryOf(lastTally)}; the same file may be imported again`);
		throw new CommandError(inOneLine(error), { exitCode: importFailedExitCode, cause: error });
	}
}

/** Says what became of the file. */
function importOutcome(tally: ImportTally): Outcome {
	if (process.stderr.isTTY) printLine("");
	for (const { line, problem } of tally.badLines) printLine(`line ${line}: ${problem}`);
	if (tally.bad > tally.badLines.length) printLine(`and ${tally.bad - tally.badLines.length} more`);
	return { data: tally, text: summaryOf(tally), exitCode: tally.bad > 0 ? 1 : 0 };
}
