import { CommanderError } from "commander";
import { forgetCalls } from "./calls.ts";
import { coldTable, measureCold } from "./cold.ts";
import { egressTable, measureEgress } from "./egress.ts";
import { comparisonTable } from "./kannel/comparison.ts";
import { measureKannel } from "./kannel/measure-kannel.ts";
import { measureModes, modesTable, type Results } from "./modes.ts";
import { type BenchOptions, benchOptions, type Kind, kinds } from "./options.ts";
import { measurePriority, priorityTable } from "./priority.ts";
import { measureRelease, releaseTable } from "./release.ts";
import { measureSurroundings, surroundingsTable } from "./surroundings-alone.ts";

/** How fast and how cheap the gateway is on this machine: `npm run bench -- --help`. */

/** What came of a measurement, for machines and for people. */
type Outcome = { readonly data: unknown; readonly text: string };

const special: Readonly<Record<Kind, (options: BenchOptions) => Promise<Outcome>>> = {
	async priority({ bulk }) {
		const data = await measurePriority(bulk).finally(forgetCalls);
		return { data, text: priorityTable(data) };
	},
	async cold() {
		const data = await measureCold();
		return { data, text: coldTable(data) };
	},
	async surroundings(options) {
		const data = await measureSurroundings(sizeOf(options));
		return { data, text: surroundingsTable(data) };
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

/** First Kannel: whether it is there shows at once. */
async function besideKannel(options: BenchOptions): Promise<Outcome> {
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
		const usual = options.peer === "kannel" ? besideKannel : throughput;
		const { data, text } = await (kind === undefined ? usual : special[kind])(options);
		console.log(options.json ? JSON.stringify(data, null, "\t") : text);
		return 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode;
		console.error(error instanceof Error ? error.message : error);
		return 1;
	}
}

process.exit(await main(process.argv.slice(2)));
