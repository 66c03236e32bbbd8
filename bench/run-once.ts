import { setTimeout as wait } from "node:timers/promises";
import { between, type CallCounts, callsSoFar } from "./calls.ts";
import { apiRequestsOf, type Load } from "./load/loads.ts";
import type { Numbering } from "./load/messages.ts";
import { type Passage, passageOf } from "./passage.ts";
import { type Usage, usageOf } from "./process-usage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Our own processes, and the engines that stand for AWS. */
const parts = { ours: ["lambdas", "smpp"], engines: ["dynamodb", "engines"] } as const;
type Part = (typeof parts)[keyof typeof parts][number];

/** One load through the gateway. Its requests are those that AWS charges for. */
export type Run = Passage & {
	/** CPU for a message of each process. */
	readonly cpuMs: Readonly<Record<Part, number>>;
	readonly residentMb: Readonly<Record<Part, number>>;
	readonly calls: CallCounts;
};

export type Errand = {
	readonly load: Load;
	readonly messages: number;
	readonly numbers: Numbering;
	readonly receiptDelayMs: number;
};

/** As old as the counts of calls may be. */
const countsSettleMs = 1_000;

/**
 * Sends messages in and waits for the last report.
 * @throws Error where one was lost.
 */
export async function runOnce(all: Surroundings, errand: Errand): Promise<Run> {
	const { load, messages, numbers, receiptDelayMs } = errand;
	await wait(countsSettleMs);
	const [usageBefore, callsBefore] = [usages(all), callsSoFar()];
	const send = async () => await load(all.target, messages, numbers);
	const passage = await passageOf(all, messages, receiptDelayMs, send);
	const usageAfter = usages(all);
	await wait(countsSettleMs);
	return {
		...passage,
		cpuMs: ofEach((part) => ((usageAfter[part]?.cpuMs ?? 0) - (usageBefore[part]?.cpuMs ?? 0)) / messages),
		residentMb: ofEach((part) => usageAfter[part]?.residentMb ?? 0),
		calls: between(callsBefore, callsSoFar()),
		requests: apiRequestsOf(load, passage.requests),
	};
}

function ofEach(figure: (part: Part) => number): Record<Part, number> {
	const names: readonly Part[] = [...parts.ours, ...parts.engines];
	return Object.fromEntries(names.map((part) => [part, figure(part)])) as Record<Part, number>;
}

function usages({ house }: Surroundings): Partial<Record<Part, Usage>> {
	return Object.fromEntries([...parts.ours, ...parts.engines].map((part) => [part, usageOf(house.pid(part))]));
}
