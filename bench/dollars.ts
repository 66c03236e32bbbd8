import { dollarsOf } from "#shared/domain/aws-prices.ts";
import type { Run } from "./run-once.ts";

const sqsCalls: readonly string[] = ["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"];
/** SQS calls of the poller, for each invocation by a queue. */
const pollsPerInvocation = 2;

/** Estimated cost of a million such messages, with the measured CPU as function time. */
export function dollarsPerMillion({ messages, calls, cpuMs, requests }: Run): number {
	const sqs = sqsCalls.reduce((sum, name) => sum + (calls.calls[name] ?? 0), 0);
	const queued = Math.max(0, calls.invocations - requests);
	const dollars = dollarsOf({
		writeUnits: calls.writeUnits,
		readUnits: calls.readUnits,
		sqsCalls: sqs + queued * pollsPerInvocation,
		invocations: calls.invocations,
		functionSeconds: (cpuMs.lambdas * messages) / 1_000,
		apiRequests: requests,
	});
	return (dollars / messages) * 1_000_000;
}
