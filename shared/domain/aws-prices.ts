/**
 * What AWS charges in eu-central-1, in dollars, on demand, without free tiers and taxes. Noted on 2026-11-28 from memory of the price lists;
 * check them before you promise anything. us-east-1 is about 15 percent cheaper.
 */
export const pricesNotedAt = "2026-11-28";

const perMillion = {
	writeUnit: 0.7625,
	readUnit: 0.1525,
	sqsCall: 0.4,
	invocation: 0.2,
	apiRequest: 1.2,
	gigabyteSecond: 13.3334,
};

/** For a month of 730 hours. */
export const monthly = {
	publicAddress: 3.65,
	secret: 0.4,
	natGateway: 38,
	loadBalancer: 20,
	taskCore: 27.2,
	taskGigabyte: 3,
	alarmMetric: 0.1,
	customMetric: 0.3,
	dashboard: 3,
	/** A gigabyte of a table, and its point-in-time recovery. */
	tableGigabyte: 0.306,
	recoveryGigabyte: 0.245,
} as const;

export const logGigabyte = 0.63;

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

/** Memory of a function: about one core. */
const functionGb = 1.73;

/** The charges for what is consumed, by line. Traffic, logs and storage are not included. */
export function dollarLines(taken: Consumption): Readonly<Record<string, number>> {
	const millionths = {
		"DynamoDB writes": taken.writeUnits * perMillion.writeUnit,
		"DynamoDB reads": taken.readUnits * perMillion.readUnit,
		"SQS calls": taken.sqsCalls * perMillion.sqsCall,
		"function invocations": taken.invocations * perMillion.invocation,
		"function time": taken.functionSeconds * functionGb * perMillion.gigabyteSecond,
		"API requests": taken.apiRequests * perMillion.apiRequest,
	};
	return Object.fromEntries(Object.entries(millionths).map(([line, dollars]) => [line, dollars / 1_000_000]));
}

export function dollarsOf(taken: Consumption): number {
	return Object.values(dollarLines(taken)).reduce((all, one) => all + one, 0);
}
