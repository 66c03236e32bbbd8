import type { Run } from "./run-once.ts";

/**
 * What AWS asked in us-east-1 on 2025-06-01, in dollars for a million, on demand and without any free part. Frankfurt is about a fifth
 * dearer. Not counted: traffic, logs, what stands there whatever happens (NAT, load balancer, task), and SQS's polls.
 */
const prices = {
	writeUnit: 0.625,
	readUnit: 0.125,
	sqsCall: 0.4,
	invocation: 0.2,
	apiRequest: 1.0,
	/** On arm64. */
	gigabyteSecond: 13.3334,
};

/** A function has this much memory, and so about one core. */
const functionGb = 1.73;

const sqsCalls: readonly string[] = ["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"];
/** What API Gateway and the pollers of queues invoke: the first is billed by request as well. */
const pollsPerInvocation = 2;

/** What a million messages cost that come in as these did: our estimate, function time by the CPU that was measured. */
export function dollarsPerMillion({ messages, calls, cpuMs, requests }: Run): number {
	const sqs = sqsCalls.reduce((sum, name) => sum + (calls.calls[name] ?? 0), 0);
	const queued = Math.max(0, calls.invocations - requests);
	const seconds = (cpuMs.lambdas * messages) / 1_000;
	const whole =
		calls.writeUnits * prices.writeUnit +
		calls.readUnits * prices.readUnit +
		(sqs + queued * pollsPerInvocation) * prices.sqsCall +
		calls.invocations * prices.invocation +
		requests * prices.apiRequest +
		seconds * functionGb * prices.gigabyteSecond;
	return whole / messages;
}
