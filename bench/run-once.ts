import { setTimeout as wait } from "node:timers/promises";
import type { BenchSetup } from "./bench-setup.ts";
import { type CallCounts, callsBetween, readCallCounts } from "./call-counts.ts";
import { apiRequestsOf, type Load } from "./load/loads.ts";
import type { RecipientSequence } from "./load/messages.ts";
import { type Usage, usageOf } from "./process-usage.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** The gateway's processes, and the engines that replace AWS. */
const processNames = { ours: ["lambdas", "smpp"], engines: ["dynamodb", "engines"] } as const;
type ProcessName = (typeof processNames)[keyof typeof processNames][number];

/** One load through the gateway. `requests` are those that AWS charges. */
export type Run = Throughput & {
	/** CPU per message. */
	readonly cpuMs: Readonly<Record<ProcessName, number>>;
	readonly residentMb: Readonly<Record<ProcessName, number>>;
	readonly calls: CallCounts;
};

export type RunOptions = {
	readonly load: Load;
	readonly messages: number;
	readonly numbers: RecipientSequence;
	readonly receiptDelayMs: number;
};

/** The counts of calls may be this old. */
const countsSettleMs = 1_000;

/**
 * Sends messages in and waits for the last report.
 * @throws Error if one is lost.
 */
export async function runOnce(setup: BenchSetup, options: RunOptions): Promise<Run> {
	const { load, messages, numbers, receiptDelayMs } = options;
	await wait(countsSettleMs);
	const [usageBefore, callsBefore] = [usages(setup), readCallCounts()];
	const send = async () => await load(setup.target, messages, numbers);
	const throughput = await measureThroughput(setup, messages, receiptDelayMs, send);
	const usageAfter = usages(setup);
	await wait(countsSettleMs);
	return {
		...throughput,
		cpuMs: forEachProcess((part) => ((usageAfter[part]?.cpuMs ?? 0) - (usageBefore[part]?.cpuMs ?? 0)) / messages),
		residentMb: forEachProcess((part) => usageAfter[part]?.residentMb ?? 0),
		calls: callsBetween(callsBefore, readCallCounts()),
		requests: apiRequestsOf(load, throughput.requests),
	};
}

function forEachProcess(measure: (part: ProcessName) => number): Record<ProcessName, number> {
	const names: readonly ProcessName[] = [...processNames.ours, ...processNames.engines];
	return Object.fromEntries(names.map((part) => [part, measure(part)])) as Record<ProcessName, number>;
}

function usages({ localStack }: BenchSetup): Partial<Record<ProcessName, Usage>> {
	return Object.fromEntries(
		[...processNames.ours, ...processNames.engines].map((part) => [part, usageOf(localStack.pid(part))]),
	);
}
