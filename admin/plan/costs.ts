import { type Consumption, dollarLines, logGigabyte, monthly } from "#shared/domain/aws-prices.ts";

/** A stage with default settings: what it has whether messages come or not. Tests compare the counts with the template. */
export const idleStage = {
	publicAddresses: 4,
	secrets: 2,
	natGateways: 2,
	tasks: 2,
	alarmMetrics: 219,
	customMetrics: 124,
} as const;

/** Polls of the lanes and of the functions' queues, when nothing comes. */
const emptyReceives = 15;

/** Dollars a month, by line. */
export function idleCosts(): Readonly<Record<string, number>> {
	const { publicAddresses, secrets, natGateways, tasks, alarmMetrics, customMetrics } = idleStage;
	return {
		"four public addresses": publicAddresses * monthly.publicAddress,
		"two secrets": secrets * monthly.secret,
		"two NAT gateways, idle": natGateways * monthly.natGateway,
		"network load balancer, idle": monthly.loadBalancer,
		"two Fargate tasks on arm64, 1 core and 2 GB each": tasks * (monthly.taskCore + 2 * monthly.taskGigabyte),
		[`alarms on ${alarmMetrics} metrics`]: alarmMetrics * monthly.alarmMetric,
		[`dashboard, and ${customMetrics} custom metrics`]: monthly.dashboard + customMetrics * monthly.customMetric,
		"empty receives of queues": emptyReceives,
	};
}

/** Rows of a message, its submission and its report, which the tables keep, and its entry in the index. An estimate. */
const storedKilobytes = 1.6;
/** Log lines of a message. An estimate. */
const loggedKilobytes = 0.5;
const monthDays = 30;

/** Dollars for a million messages that are kept for so many days, by line. */
export function millionCosts(perMessage: Consumption, retentionDays: number): Readonly<Record<string, number>> {
	const used = Object.entries(dollarLines(perMessage)).map(([line, dollars]) => [line, dollars * 1_000_000] as const);
	const months = retentionDays / monthDays;
	return {
		...Object.fromEntries(used),
		[`storage for ${retentionDays} days, with recovery`]:
			storedKilobytes * months * (monthly.tableGigabyte + monthly.recoveryGigabyte),
		logs: loggedKilobytes * logGigabyte,
	};
}

export function totalOf(lines: Readonly<Record<string, number>>): number {
	return Object.values(lines).reduce((all, one) => all + one, 0);
}
