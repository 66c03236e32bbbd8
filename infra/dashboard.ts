import { Dashboard, GraphWidget, type IMetric, type IWidget } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import { lanes } from "#shared/domain/message/lanes.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { priorityNames } from "#shared/domain/message/priorities.ts";
import { functionGroups, type MonitoredResources } from "./alarms.ts";
import {
	bytesOut,
	failedRequests,
	functionCount,
	laneDepth,
	ownCount,
	ownMeasure,
	queueDepthMetric,
	requestLatency,
	tableCount,
} from "./aws-metrics.ts";
import { consumers, heartbeatConsumers } from "./consumers.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { tableRoles } from "./table-roles.ts";

/** One page, in the order of the message flow: accepted, waiting, sent, reported; then costs. */
export function addDashboard(scope: Construct, stage: Stage, monitored: MonitoredResources): void {
	const page = new Dashboard(scope, "dashboard", { dashboardName: namePrefix(stage) });
	for (const row of [
		...intakeRows(stage, monitored),
		...waitingRows(stage),
		...sendingRows(stage),
		...reportRows(stage),
		...costRows(stage, monitored),
	]) {
		page.addWidgets(...row);
	}
}

type Row = readonly [IWidget, IWidget];

function graph(title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget {
	return new GraphWidget({ title, width: 12, left: [...left], right: [...right] });
}

function intakeRows(stage: Stage, { apiId }: MonitoredResources): readonly Row[] {
	const channels = ["rest", "smpp"] as const;
	const of = (name: "MessagesAccepted" | "RequestsRefused" | "ClientsThrottled") =>
		channels.map((channel) => ownCount(stage, name, channel));
	return [
		[
			graph("Accepted", of("MessagesAccepted"), of("RequestsRefused")),
			graph(
				"Latency of the API; 5xx",
				[requestLatency(apiId, "p50"), requestLatency(apiId, "p99")],
				[failedRequests(apiId)],
			),
		],
		[
			graph("Clients' SMPP sessions", [ownMeasure(stage, "ClientSessions", "Sum")]),
			graph("Throttled requests of clients", of("ClientsThrottled")),
		],
	];
}

function waitingRows(stage: Stage): readonly Row[] {
	const names = lanes.map(({ name }) => name);
	return [
		[
			graph(
				"Entries in lanes",
				names.map((name) => laneDepth(stage, name)),
			),
			graph(
				"Oldest message not submitted, ms: urgent; bulk",
				operators.map((of) => ownMeasure(stage, "UrgentUnsubmittedAge", "Maximum", of)),
				operators.map((of) => ownMeasure(stage, "BulkUnsubmittedAge", "Maximum", of)),
			),
		],
		[
			graph(
				"Wait of an entry for its function, ms",
				heartbeatConsumers.map((of) => ownMeasure(stage, "QueueWait", "Maximum", of)),
			),
			graph(
				"Entries that failed",
				consumers.map((of) => ownCount(stage, "EntriesFailed", of)),
			),
		],
	];
}

function sendingRows(stage: Stage): readonly Row[] {
	const counted = (name: Parameters<typeof ownCount>[1]) =>
		operators.map((operator) => ownCount(stage, name, operator));
	const measured = (name: Parameters<typeof ownMeasure>[1], statistic: string) =>
		operators.map((operator) => ownMeasure(stage, name, statistic, operator));
	const ofPriority = (name: Parameters<typeof ownCount>[1]) => priorityNames.map((of) => ownCount(stage, name, of));
	return [
		[
			graph("Submitted later than the objective; in time", ofPriority("SubmitsLate"), ofPriority("SubmitsInTime")),
			graph("Reports later than the objective; in time", ofPriority("ReportsLate"), ofPriority("ReportsInTime")),
		],
		[
			graph("Binds up; held", measured("BindsUp", "Sum"), measured("BindsHeld", "Sum")),
			graph(
				"Segments a second allowed, and segments accepted",
				measured("SubmitRate", "Sum"),
				counted("SubmitsAccepted"),
			),
		],
		[
			graph("Round trip to the SMSC, p99", measured("SubmitRoundTrip", "p99"), measured("SubmitDelay", "p99")),
			graph("Refused; unanswered", counted("SubmitsRefused"), counted("SubmitsUnanswered")),
		],
		[
			graph("Delivered; ended otherwise", counted("MessagesDelivered"), counted("MessagesUndelivered")),
			graph("Throttled by the SMSC; exposure", counted("SubmitsThrottled"), measured("Exposure", "Maximum")),
		],
	];
}

function reportRows(stage: Stage): readonly Row[] {
	const dead = ["receipts", "reports", "due-shards", "incoming"].map((kind) => queueDepthMetric(stage, `${kind}-dead`));
	const deadLanes = lanes.map(({ name }) => queueDepthMetric(stage, `lane-${name}-dead`));
	const incoming = operators.map((operator) => ownCount(stage, "IncomingReceived", operator));
	return [
		[
			graph("From a message's end to its client's confirmation, ms", [
				ownMeasure(stage, "ReportLag", "p50"),
				ownMeasure(stage, "ReportLag", "p99"),
			]),
			graph(
				"Reports confirmed; unconfirmed, given up",
				[ownCount(stage, "ReportsConfirmed")],
				[ownCount(stage, "ReportsUnconfirmed"), ownCount(stage, "ReportsGivenUp")],
			),
		],
		[graph("Dead letters", [...dead, ...deadLanes]), graph("Messages from subscribers", incoming)],
	];
}

function costRows(stage: Stage, { natIds }: MonitoredResources): readonly Row[] {
	const entries = Object.values(functionGroups).flat();
	return [
		[
			graph(
				"Invocations",
				entries.map((entry) => functionCount(stage, entry, "Invocations")),
			),
			graph(
				"Write units",
				tableRoles.map((role) => tableCount(stage, role, "ConsumedWriteCapacityUnits")),
			),
		],
		[
			graph(
				"Read units",
				tableRoles.map((role) => tableCount(stage, role, "ConsumedReadCapacityUnits")),
			),
			graph("Bytes out by published address", natIds.map(bytesOut)),
		],
	];
}
