import type { Run } from "#bench/run-once.ts";

const each = { lambdas: 1, smpp: 1, dynamodb: 1, engines: 1 };

/** One run of the bench, with a test's own values. */
export function aRun(parts: Partial<Run> = {}): Run {
	return {
		messages: 100,
		requests: 0,
		acceptPerSecond: 1_000,
		submitPerSecond: 800,
		endToEndPerSecond: 500,
		acceptP50Ms: 1,
		acceptP99Ms: 2,
		cpuMs: each,
		residentMb: each,
		calls: { calls: {}, writeUnits: 0, readUnits: 0, invocations: 0 },
		sentTwice: 0,
		reportedTwice: 0,
		receiptsResent: 0,
		...parts,
	};
}
