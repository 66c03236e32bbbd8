import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { dynamoClient } from "#shared/aws/clients.ts";
import { dynamoNumbers } from "#shared/aws/dynamo-numbers.ts";
import { importNumbersEnv } from "#shared/contracts/environments.ts";
import { readEnv } from "#shared/contracts/read-env.ts";
import { type ImportTally, importNumbers } from "#shared/usecases/import-numbers.ts";
import { readNumbersCsv } from "./numbers-csv.ts";

/** Brings the Numbers table to what a CSV file says: ported numbers, and blocked ones (R4, A49). */
const usage = `usage: node admin/import-numbers.ts [--rows-per-second=N] FILE.csv

Brings the table of ported and blocked numbers to what a file says. The file is CSV in UTF-8, its cells
apart by commas or semicolons, quoted or not. Its first line names the columns, in any order:

  msisdn   the number, as 77010000000, +7 701 000 00 00 or 87010000000
  state    ported       it was taken along to the operator in rn_code
           in_progress  it is between two operators: messages to it are refused with code 37
           none         it is with whom its prefix says
  rn_code  01 Beeline, 02 Kcell/Activ, 07 Altel, 77 Tele2; read where the state is ported
  blocked  yes          messages to it are refused with code 30
           no           it is not blocked

There must be msisdn, and state or blocked or both. Other columns are not read. An empty cell, like a
column that is not there, leaves that as it was: so ported and blocked numbers may come in files of their
own. A number of which nothing is left to be known is removed. Rows that cannot be read are counted and
passed over, the first ten named. The same file may be imported again: what is so already is not written.

  --rows-per-second=N  no faster than that (2000): messages are routed by the same table meanwhile

environment:
  NUMBERS_TABLE             the table's name: smsgw-STAGE-numbers
  AWS_REGION, AWS_PROFILE…  as for every AWS tool; needs dynamodb:BatchGetItem and BatchWriteItem on it
  AWS_ENDPOINT_URL_DYNAMODB a DynamoDB that is elsewhere, such as a local one

exit code: 0 every row was read, 1 some were passed over, 2 it was not done or broke off
`;

/** What is wrong with how it was called. */
class BadCall extends Error {}

function readCall(): { readonly file: string; readonly rowsPerSecond: number } | "help" {
	const options = {
		help: { type: "boolean", short: "h" },
		"rows-per-second": { type: "string", default: "2000" },
	} as const;
	const { values, positionals } = parseArgs({ options, allowPositionals: true });
	if (values.help) return "help";
	const [file, ...others] = positionals;
	if (file === undefined) throw new BadCall("which file?");
	if (others.length > 0) throw new BadCall(`one file at a time, not ${positionals.length}`);
	const rowsPerSecond = Number(values["rows-per-second"]);
	if (!(rowsPerSecond >= 1)) throw new BadCall("--rows-per-second must be a number, 1 or more");
	return { file, rowsPerSecond };
}

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

async function run(file: string, rowsPerSecond: number): Promise<number> {
	const env = readEnv(importNumbersEnv);
	const numbers = dynamoNumbers(dynamoClient(), env.NUMBERS_TABLE);
	const pieces = createReadStream(file, { encoding: "utf8" });
	const ignored = (columns: readonly string[]) => say(`columns that are not read: ${columns.join(", ")}`);
	let last: ImportTally | undefined;
	const onProgress = (tally: ImportTally) => {
		last = tally;
		tell(tally);
	};
	const importing = { numbers, now: () => performance.now(), pause, rowsPerSecond, onProgress };
	try {
		const tally = await importNumbers(importing, readNumbersCsv(pieces, ignored));
		return conclude(tally);
	} catch (error) {
		if (last !== undefined) say(`broke off after ${inWords(last)}; the same file may be imported again`);
		throw error;
	}
}

/** Says what became of the file; gives the exit code. */
function conclude(tally: ImportTally): number {
	if (process.stderr.isTTY) say("");
	for (const { line, problem } of tally.badLines) say(`line ${line}: ${problem}`);
	if (tally.bad > tally.badLines.length) say(`and ${tally.bad - tally.badLines.length} more`);
	process.stdout.write(`${inWords(tally)}\n`);
	return tally.bad > 0 ? 1 : 0;
}

async function main(): Promise<number> {
	const call = readCall();
	if (call === "help") {
		process.stdout.write(usage);
		return 0;
	}
	return await run(call.file, call.rowsPerSecond);
}

try {
	process.exitCode = await main();
} catch (error) {
	const { name, message, code } = error as NodeJS.ErrnoException;
	const isMisuse = error instanceof BadCall || code?.startsWith("ERR_PARSE_ARGS");
	say(`import-numbers: ${name === "Error" || isMisuse ? "" : `${name}: `}${message}`);
	if (isMisuse) say(`\n${usage}`);
	process.exitCode = 2;
}
