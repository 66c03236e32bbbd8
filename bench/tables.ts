import { dollarsPerMillion } from "./dollars.ts";
import type { Run } from "./run-once.ts";
import { spreadOf } from "./statistics.ts";

/** A value of a run, with its digits after the point. */
export type MeasureRow<One> = readonly [what: string, of: (run: One) => number, digits: number];

const callsOf = (run: Run) => Object.values(run.calls.calls).reduce((sum, count) => sum + count, 0) / run.messages;

const rows: readonly MeasureRow<Run>[] = [
	["accept, messages/s", (run) => run.acceptPerSecond, 0],
	["submit, messages/s", (run) => run.submitPerSecond, 0],
	["end to end, messages/s", (run) => run.endToEndPerSecond, 0],
	["request p50, ms", (run) => run.acceptP50Ms, 1],
	["request p99, ms", (run) => run.acceptP99Ms, 1],
	["our CPU, ms/message", (run) => run.cpuMs.lambdas + run.cpuMs.smpp, 3],
	["  functions", (run) => run.cpuMs.lambdas, 3],
	["  SMPP service", (run) => run.cpuMs.smpp, 3],
	["engines' CPU, ms/message", (run) => run.cpuMs.dynamodb + run.cpuMs.engines, 3],
	["memory of functions, MB", (run) => run.residentMb.lambdas, 0],
	["memory of SMPP service, MB", (run) => run.residentMb.smpp, 0],
	["AWS calls/message", callsOf, 3],
	["write units/message", (run) => run.calls.writeUnits / run.messages, 2],
	["read units/message", (run) => run.calls.readUnits / run.messages, 2],
	["invocations/message", (run) => run.calls.invocations / run.messages, 3],
	["dollars per million", dollarsPerMillion, 2],
	["sent twice", (run) => run.sentTwice, 0],
	["reported twice", (run) => run.reportedTwice, 0],
	["receipts sent again", (run) => run.receiptsResent, 0],
];

/** Calls to AWS per message, by operation. */
function callLines(runs: readonly Run[]): readonly string[] {
	const names = [...new Set(runs.flatMap(({ calls }) => Object.keys(calls.calls)))];
	const of = (name: string) => spreadOf(runs.map(({ calls, messages }) => (calls.calls[name] ?? 0) / messages)).median;
	return names.filter((name) => of(name) > 0).map((name) => `  ${name.padEnd(28)}${of(name).toFixed(3).padStart(10)}`);
}

/** Median, minimum and maximum of each value. */
export function spreadTable<One>(title: string, measures: readonly MeasureRow<One>[], runs: readonly One[]): string {
	const cellsOf = (cells: readonly string[]) => cells.map((cell) => cell.padStart(10)).join("");
	const lines = measures.map(([what, of, digits]) => {
		const { median, min, max } = spreadOf(runs.map(of));
		return `${what.padEnd(30)}${cellsOf([median, min, max].map((value) => value.toFixed(digits)))}`;
	});
	return [title, `${"".padEnd(30)}${cellsOf(["median", "min", "max"])}`, ...lines].join("\n");
}

export function tableOf(results: Readonly<Record<string, readonly Run[]>>): string {
	return Object.entries(results)
		.map(([mode, runs]) => {
			const title = `${mode}: ${runs[0]?.messages ?? 0} messages, ${runs.length} runs`;
			return [spreadTable(title, rows, runs), ...callLines(runs)].join("\n");
		})
		.join("\n\n");
}

/** The medians, a column for each scale. The last column is the ratio of the last scale to the first. */
export function growthTable(results: Readonly<Record<string, readonly Run[]>>): string {
	const columns = Object.entries(results);
	const line = (what: string, cells: readonly string[]) =>
		`${what.padEnd(30)}${cells.map((cell) => cell.padStart(14)).join("")}`;
	const lines = rows.map(([what, of, digits]) => {
		const medians = columns.map(([, runs]) => spreadOf(runs.map(of)).median);
		const growth = (medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN);
		return line(what, [
			...medians.map((one) => one.toFixed(digits)),
			Number.isFinite(growth) ? `×${growth.toFixed(2)}` : "",
		]);
	});
	return [line("", [...columns.map(([name]) => name), "last/first"]), ...lines].join("\n");
}
