/** What messages took of AWS, of that which it asks money for by use. */
export type Consumption = {
	/** Of DynamoDB: a write of up to 1 KB, a strongly consistent read of up to 4 KB. */
	readonly writeUnits: number;
	readonly readUnits: number;
	/** Those of the pollers that feed functions among them. */
	readonly sqsCalls: number;
	/** Of functions, and how long all of them ran. */
	readonly invocations: number;
	readonly functionSeconds: number;
	readonly apiRequests: number;
};

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

/** What this costs, in dollars. */
export function dollarsOf(taken: Consumption): number {
	const millionths =
		taken.writeUnits * prices.writeUnit +
		taken.readUnits * prices.readUnit +
		taken.sqsCalls * prices.sqsCall +
		taken.invocations * prices.invocation +
		taken.apiRequests * prices.apiRequest +
		taken.functionSeconds * functionGb * prices.gigabyteSecond;
	return millionths / 1_000_000;
}
