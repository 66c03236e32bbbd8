import { setTimeout as wait } from "node:timers/promises";
import { percentile } from "#shared/domain/percentile.ts";
import { between, type CallCounts, callsSoFar } from "./calls.ts";
import { clockMs } from "./clock.ts";
import { apiRequestsOf, type Load } from "./load/loads.ts";
import type { Numbering } from "./load/messages.ts";
import { type Usage, usageOf } from "./process-usage.ts";
import type { Surroundings } from "./surroundings.ts";

/** Our own processes, and the engines that stand for AWS. */
const parts = { ours: ["lambdas", "smpp"], engines: ["dynamodb", "engines"] } as const;
type Part = (typeof parts)[keyof typeof parts][number];

export type Run = {
	readonly messages: number;
	/** Messages a second, from the first request to the last answer, submit_sm, report. */
	readonly acceptPerSecond: number;
	readonly submitPerSecond: number;
	readonly endToEndPerSecond: number;
	/** How long requests took. */
	readonly acceptP50Ms: number;
	readonly acceptP99Ms: number;
	/** CPU for a message of each process. */
	readonly cpuMs: Readonly<Record<Part, number>>;
	readonly residentMb: Readonly<Record<Part, number>>;
	readonly calls: CallCounts;
	/** Of clients, to the API. */
	readonly requests: number;
	readonly sentTwice: number;
	readonly reportedTwice: number;
};

const receiptDelayMs = 50;
/** Long after the last message of any run should have been reported. */
const patienceMs = 180_000;
/** As old as the counts of calls may be. */
const countsSettleMs = 1_000;

/**
 * Sends messages in and waits for the last report.
 * @throws Error where one was lost.
 */
export async function runOnce(all: Surroundings, load: Load, messages: number, numbers: Numbering): Promise<Run> {
	await all.smsc.ask({ kind: "reset", receiptDelayMs });
	await all.sink.reset();
	await wait(countsSettleMs);
	const [usageBefore, callsBefore] = [usages(all), callsSoFar()];
	const startedAt = clockMs();
	const took = await load(all.target, messages, numbers);
	const acceptedAt = clockMs();
	const { submitted, reported } = await untilReported(all, messages);
	const usageAfter = usages(all);
	await wait(countsSettleMs);
	const perSecond = (until: number) => (messages * 1_000) / (until - startedAt);
	return {
		messages,
		acceptPerSecond: perSecond(acceptedAt),
		submitPerSecond: perSecond(submitted.lastAt),
		endToEndPerSecond: perSecond(reported.lastAt),
		acceptP50Ms: percentile(took, 0.5),
		acceptP99Ms: percentile(took, 0.99),
		cpuMs: ofEach((part) => ((usageAfter[part]?.cpuMs ?? 0) - (usageBefore[part]?.cpuMs ?? 0)) / messages),
		residentMb: ofEach((part) => usageAfter[part]?.residentMb ?? 0),
		calls: between(callsBefore, callsSoFar()),
		requests: apiRequestsOf(load, took.length),
		sentTwice: submitted.repeats,
		reportedTwice: reported.repeats,
	};
}

function ofEach(figure: (part: Part) => number): Record<Part, number> {
	const names: readonly Part[] = [...parts.ours, ...parts.engines];
	return Object.fromEntries(names.map((part) => [part, figure(part)])) as Record<Part, number>;
}

function usages({ house }: Surroundings): Partial<Record<Part, Usage>> {
	return Object.fromEntries([...parts.ours, ...parts.engines].map((part) => [part, usageOf(house.pid(part))]));
}

async function untilReported({ smsc, sink }: Surroundings, messages: number) {
	const giveUpAt = clockMs() + patienceMs;
	for (;;) {
		const [submitted, reported] = [await smsc.count(), await sink.count()];
		if (submitted.messages === messages && reported.messages === messages) return { submitted, reported };
		if (clockMs() > giveUpAt) {
			throw new Error(`of ${messages} messages ${submitted.messages} were submitted, ${reported.messages} reported`);
		}
		await wait(50);
	}
}
