import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { LaneName } from "#shared/domain/message/lanes.ts";
import { counts, measures } from "#shared/domain/metrics.ts";
import { namePrefix, type Stage } from "./stage.ts";

type MetricSource = { readonly namespace: string; readonly metricName: string; readonly statistic: string };
type Dimensions = Readonly<Record<string, string>>;

const minutes = (count: number) => Duration.minutes(count);

function metric(of: MetricSource, dimensionsMap: Dimensions, periodMinutes = 1): Metric {
	return new Metric({ ...of, dimensionsMap: { ...dimensionsMap }, period: minutes(periodMinutes) });
}

export function queueDepthMetric(stage: Stage, role: string, statistic: "Maximum" | "Minimum" = "Maximum"): Metric {
	const of = { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesVisible", statistic };
	return metric(of, { QueueName: `${namePrefix(stage)}-${role}` });
}

/** Entries that a consumer has received and not deleted. */
export function queueInFlightMetric(stage: Stage, role: string): Metric {
	const of = { namespace: "AWS/SQS", metricName: "ApproximateNumberOfMessagesNotVisible", statistic: "Maximum" };
	return metric(of, { QueueName: `${namePrefix(stage)}-${role}` });
}

export function laneDepth(stage: Stage, lane: LaneName): Metric {
	return queueDepthMetric(stage, `lane-${lane}`);
}

export function functionCount(stage: Stage, entry: string, metricName: "Errors" | "Throttles" | "Invocations"): Metric {
	return metric(
		{ namespace: "AWS/Lambda", metricName, statistic: "Sum" },
		{ FunctionName: `${namePrefix(stage)}-${entry}` },
		5,
	);
}

type TableMetric =
	| "ReadThrottleEvents"
	| "WriteThrottleEvents"
	| "ConsumedReadCapacityUnits"
	| "ConsumedWriteCapacityUnits";

export function tableCount(stage: Stage, role: string, metricName: TableMetric): Metric {
	return metric(
		{ namespace: "AWS/DynamoDB", metricName, statistic: "Sum" },
		{ TableName: `${namePrefix(stage)}-${role}` },
		5,
	);
}

/** A count of the gateway, for one operator, channel or consumer if it has that dimension. */
export function ownCount(stage: Stage, metricName: keyof typeof counts, of: string | null = null): Metric {
	const { dimension } = counts[metricName];
	return metric({ namespace: namePrefix(stage), metricName, statistic: "Sum" }, dimensionOf(dimension, of), 5);
}

/** A measure of the gateway: the `statistic` over all tasks or functions. */
export function ownMeasure(
	stage: Stage,
	metricName: keyof typeof measures,
	statistic: string,
	of: string | null = null,
): Metric {
	const { dimension } = measures[metricName];
	return metric({ namespace: namePrefix(stage), metricName, statistic }, dimensionOf(dimension, of));
}

function dimensionOf(dimension: string | null, of: string | null): Dimensions {
	return dimension === null || of === null ? {} : { [dimension]: of };
}

export function certificateDaysLeft(certificateArn: string): Metric {
	const of = { namespace: "AWS/CertificateManager", metricName: "DaysToExpiry", statistic: "Minimum" };
	return metric(of, { CertificateArn: certificateArn }, 1_440);
}

export function failedRequests(apiId: string): Metric {
	return metric({ namespace: "AWS/ApiGateway", metricName: "5xx", statistic: "Sum" }, { ApiId: apiId }, 5);
}

export function requestLatency(apiId: string, statistic: string): Metric {
	return metric({ namespace: "AWS/ApiGateway", metricName: "Latency", statistic }, { ApiId: apiId });
}

export function portErrors(natId: string): Metric {
	const of = { namespace: "AWS/NATGateway", metricName: "ErrorPortAllocation", statistic: "Sum" };
	return metric(of, { NatGatewayId: natId }, 5);
}

export function bytesOut(natId: string): Metric {
	const of = { namespace: "AWS/NATGateway", metricName: "BytesOutToDestination", statistic: "Sum" };
	return metric(of, { NatGatewayId: natId }, 5);
}
