import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type ImportTally, importNumbers } from "#shared/usecases/numbers/import-numbers.ts";
import type { NumberStore } from "#shared/usecases/numbers/number-store.ts";
import { CommandError, inOneLine } from "./errors.ts";
import { readNumbersCsv } from "./numbers-csv.ts";
import type { CommandOutcome } from "./output.ts";
import { progressBar } from "./progress.ts";

/** Of an import that did not begin, or stopped early. */
const importFailedExitCode = 2;

const printLine = (line: string) => void process.stderr.write(`${line}\n`);

function summaryOf({ rows, written, unchanged, removed, bad }: ImportTally): string {
	return `${rows} rows: ${written} written, ${unchanged} unchanged, ${removed} removed, ${bad} skipped`;
}

/**
 * Imports ported and blocked numbers from a CSV file into the Numbers table (R4, A49). Prints progress on standard error.
 * @throws CommandError if the import did not begin, or stopped early.
 */
export async function importFile(numbers: NumberStore, file: string, rowsPerSecond: number): Promise<CommandOutcome> {
	const pieces = createReadStream(file, { encoding: "utf8" });
	const printIgnoredColumns = (columns: readonly string[]) => printLine(`ignored columns: ${columns.join(", ")}`);
	let lastTally: ImportTally | undefined;
	const bar = progressBar({ unit: "rows" });
	const onProgress = (tally: ImportTally) => {
		lastTally = tally;
		const { written, unchanged, removed, bad } = tally;
		bar.show(tally.rows, null, `${written} written, ${unchanged} unchanged, ${removed} removed, ${bad} skipped`);
	};
	const importing = { numbers, now: () => performance.now(), pause, rowsPerSecond, onProgress };
	try {
		const tally = await importNumbers(importing, readNumbersCsv(pieces, printIgnoredColumns)).finally(() => bar.end());
		return importOutcome(tally);
	} catch (error) {
		if (lastTally !== undefined) printLine(`stopped after ${summaryOf(lastTally)}; import the same file again`);
		throw new CommandError(inOneLine(error), { exitCode: importFailedExitCode, cause: error });
	}
}

function importOutcome(tally: ImportTally): CommandOutcome {
	for (const { line, problem } of tally.badLines) printLine(`line ${line}: ${problem}`);
	if (tally.bad > tally.badLines.length) printLine(`and ${tally.bad - tally.badLines.length} more`);
	return { data: tally, text: summaryOf(tally), exitCode: tally.bad > 0 ? 1 : 0 };
}
