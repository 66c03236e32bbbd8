import { setTimeout as wait } from "node:timers/promises";
import type { BenchSetup } from "./bench-setup.ts";
import { type CallCounts, callsBetween, readCallCounts } from "./call-counts.ts";
import { apiRequestsOf, type Load } from "./load/loads.ts";
import type { RecipientSequence } from "./load/messages.ts";
import { type Usage, usageOf } from "./process-usage.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

/** Our own processes, and the engines that stand for AWS. */
const processNames = { ours: ["lambdas", "smpp"], engines: ["dynamodb", "engines"] } as const;
type ProcessName = (typeof processNames)[keyof typeof processNames][number];

/** One load through the gateway. Its requests are those that AWS charges for. */
export type Run = Throughput & {
	/** CPU for a message of each process. */
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

/** As old as the counts of calls may be. */
const countsSettleMs = 1_000;

/**
 * Sends messages in and waits for the last report.
 * @throws Error where one was lost.
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

function forEachProcess(figure: (part: ProcessName) => number): Record<ProcessName, number> {
	const names: readonly ProcessName[] = [...processNames.ours, ...processNames.engines];
	return Object.fromEntries(names.map((part) => [part, figure(part)])) as Record<ProcessName, number>;
}

function usages({ localStack }: BenchSetup): Partial<Record<ProcessName, Usage>> {
	return Object.fromEntries(
		[...processNames.ours, ...processNames.engines].map((part) => [part, usageOf(localStack.pid(part))]),
	);
}
