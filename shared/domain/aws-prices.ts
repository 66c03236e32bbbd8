export type Consumption = {
	/** DynamoDB: a write of up to 1 KB, a strongly consistent read of up to 4 KB. */
	readonly writeUnits: number;
	readonly readUnits: number;
	/** Including those of Lambda's pollers. */
	readonly sqsCalls: number;
	readonly invocations: number;
	readonly functionSeconds: number;
	readonly apiRequests: number;
};

/**
 * Prices in us-east-1 on 2025-06-01, in dollars per million, on demand, without free tiers. Frankfurt costs about a
 * fifth more. Not included: traffic, logs, fixed costs (NAT, load balancer, tasks), and polls of SQS.
 */
const prices = {
	writeUnit: 0.625,
	readUnit: 0.125,
	sqsCall: 0.4,
	invocation: 0.2,
	apiRequest: 1.0,
	gigabyteSecond: 13.3334,
};

/** Memory of a function: about one core. */
const functionGb = 1.73;
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
