import { openBenchSetup, unlimited } from "./bench-setup.ts";
import { clearCallCounts } from "./call-counts.ts";
import { byBatches, bySinglePosts, bySmpp, type Load, wholeBatches } from "./load/loads.ts";
import { recipientSequence } from "./load/messages.ts";
import { type Run, runOnce } from "./run-once.ts";
import { growthTable, tableOf } from "./tables.ts";

/** The ways to send messages in. `part` is the share of the messages: single posts are slow. */
const modes = {
	single: { load: bySinglePosts, part: 0.25 },
	batches: { load: byBatches, part: 1 },
	smpp: { load: bySmpp, part: 1 },
} as const satisfies Record<string, { readonly load: Load; readonly part: number }>;

export type Mode = keyof typeof modes;

export const isMode = (name: string): name is Mode => Object.hasOwn(modes, name);
export const modeNames: readonly Mode[] = Object.keys(modes).filter(isMode);

export type ModesOptions = {
	readonly modes: readonly Mode[];
	readonly messages: number;
	/** Of each mode, after a warm-up run. */
	readonly runs: number;
	/** Factors of the number of messages. */
	readonly scales: readonly number[];
	readonly receiptDelayMs: number;
};

/** By mode, or by mode and scale if there are several scales. */
export type Results = Readonly<Record<string, readonly Run[]>>;

/** @throws Error if a message is lost. */
export async function measureModes(options: ModesOptions): Promise<Results> {
	const { runs, scales, receiptDelayMs } = options;
	const results: Record<string, readonly Run[]> = {};
	const setup = await openBenchSetup({ smsc: unlimited });
	const numbers = recipientSequence();
	try {
		for (const name of options.modes) {
			const { load, part } = modes[name];
			const runAtScale = async (scale: number) => {
				const messages = wholeBatches(options.messages * part * scale);
				return await runOnce(setup, { load, messages, numbers, receiptDelayMs });
			};
			await runAtScale(1 / 4);
			for (const scale of scales) {
				const own: Run[] = [];
				for (let run = 0; run < runs; run += 1) own.push(await runAtScale(scale));
				results[scales.length === 1 ? name : `${name} ×${scale}`] = own;
			}
		}
	} finally {
		await setup.stop();
		clearCallCounts();
	}
	return results;
}

export function modesTable(results: Results, scales: readonly number[]): string {
	return scales.length > 1 ? growthTables(results) : tableOf(results);
}

/** One table for each mode, relative to its first scale. */
function growthTables(results: Results): string {
	const byMode = Object.groupBy(Object.entries(results), ([name]) => name.split(" ")[0] ?? name);
	return Object.values(byMode)
		.map((columns) => growthTable(Object.fromEntries(columns ?? [])))
		.join("\n\n");
}
