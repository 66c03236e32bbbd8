import type { Results } from "../modes.ts";
import type { Run } from "../run-once.ts";
import { median } from "../statistics.ts";
import type { MeasureRow } from "../tables.ts";
import type { KannelRun } from "./measure-kannel.ts";

const rows: readonly MeasureRow<KannelRun>[] = [
	["accept, messages/s", (run) => run.acceptPerSecond, 0],
	["submit, messages/s", (run) => run.submitPerSecond, 0],
	["end to end, messages/s", (run) => run.endToEndPerSecond, 0],
	["CPU, ms/message", (run) => run.cpuMs, 3],
	["request p50, ms", (run) => run.acceptP50Ms, 1],
	["request p99, ms", (run) => run.acceptP99Ms, 1],
	["sent twice", (run) => run.sentTwice, 0],
	["reported twice", (run) => run.reportedTwice, 0],
	["receipts sent again", (run) => run.receiptsResent, 0],
];

/** Medians of Kannel and of each of our modes, with the ratio to Kannel's. CPU excludes the engines. */
export function comparisonTable(kannel: readonly KannelRun[], results: Results): string {
	const ours = Object.entries(results).map(([mode, runs]) => [mode, runs.map(comparable)] as const);
	const line = (what: string, cells: readonly string[]) =>
		`${what.padEnd(30)}${cells.map((cell) => cell.padStart(12)).join("")}`;
	const lines = rows.map(([what, of, digits]) => {
		const theirs = median(kannel.map(of));
		const cells = ours.flatMap(([, runs]) => {
			const own = median(runs.map(of));
			return [own.toFixed(digits), ratio(own, theirs)];
		});
		return line(what, [theirs.toFixed(digits), ...cells]);
	});
	const names = ours.flatMap(([mode]) => [mode, "of Kannel's"]);
	const title = `Kannel: ${kannel[0]?.messages ?? 0} messages, ${kannel.length} runs, one in each request`;
	return [title, line("", ["Kannel", ...names]), ...lines].join("\n");
}

function comparable(run: Run): KannelRun {
	return { ...run, cpuMs: run.cpuMs.lambdas + run.cpuMs.smpp };
}

function ratio(own: number, theirs: number): string {
	const times = own / theirs;
	if (!Number.isFinite(times)) return "";
	return `×${times < 10 ? times.toPrecision(2) : times.toFixed(0)}`;
}
