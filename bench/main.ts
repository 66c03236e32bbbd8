import { CommanderError } from "commander";
import { baselineTable, measureBaseline } from "./baseline.ts";
import { clearCallCounts } from "./call-counts.ts";
import { coldTable, measureCold } from "./cold.ts";
import { egressTable, measureEgress } from "./egress.ts";
import { comparisonTable } from "./kannel/comparison.ts";
import { measureKannel } from "./kannel/measure-kannel.ts";
import { measureModes, modesTable, type Results } from "./modes.ts";
import { type BenchOptions, benchOptions, type Kind, kinds } from "./options.ts";
import { measurePriority, priorityTable } from "./priority.ts";
import { measureRelease, releaseTable } from "./release.ts";

/** Measures speed and cost of the gateway on this machine: `npm run bench -- --help`. */

/** Data for programs, text for people. */
type Outcome = { readonly data: unknown; readonly text: string };

const measurements: Readonly<Record<Kind, (options: BenchOptions) => Promise<Outcome>>> = {
	async priority({ bulk }) {
		const data = await measurePriority(bulk).finally(clearCallCounts);
		return { data, text: priorityTable(data) };
	},
	async cold() {
		const data = await measureCold();
		return { data, text: coldTable(data) };
	},
	async baseline(options) {
		const data = await measureBaseline(sizeOf(options));
		return { data, text: baselineTable(data) };
	},
	async egress(options) {
		const data = await measureEgress(sizeOf(options));
		return { data, text: egressTable(data) };
	},
	async release(options) {
		const data = await measureRelease(sizeOf(options));
		return { data, text: releaseTable(data) };
	},
};

/** Kannel first, so that a missing Kannel fails at once. */
async function compareWithKannel(options: BenchOptions): Promise<Outcome> {
	const kannel = await measureKannel(sizeOf(options));
	const { data, text } = await throughput(options);
	return { data: { kannel, ours: data }, text: `${comparisonTable(kannel, data)}\n\n${text}` };
}

function sizeOf({ messages, runs, receiptDelay }: BenchOptions) {
	return { messages, runs, receiptDelayMs: receiptDelay };
}

async function throughput(options: BenchOptions): Promise<Outcome & { readonly data: Results }> {
	const { mode, scale } = options;
	const data = await measureModes({ ...sizeOf(options), modes: mode, scales: scale });
	return { data, text: modesTable(data, scale) };
}

async function main(args: readonly string[]): Promise<number> {
	try {
		const options = benchOptions(args);
		const kind = kinds.find((one) => options[one]);
		const usual = options.peer === "kannel" ? compareWithKannel : throughput;
		const { data, text } = await (kind === undefined ? usual : measurements[kind])(options);
		console.log(options.json ? JSON.stringify(data, null, "\t") : text);
		return 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode;
		console.error(error instanceof Error ? error.message : error);
		return 1;
	}
}

process.exit(await main(process.argv.slice(2)));
