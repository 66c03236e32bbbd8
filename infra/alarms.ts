import { Duration } from "aws-cdk-lib";
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { burnRates, latencyObjectives, latePercent } from "#shared/domain/latency-objectives.ts";
import { type Operator, operators } from "#shared/domain/message/operators.ts";
import { type PriorityName, priorityNames } from "#shared/domain/message/priorities.ts";
import { percentOfTask } from "#shared/domain/task-cpu.ts";
import {
	certificateDaysLeft,
	failedRequests,
	functionCount,
	ownCount,
	ownMeasure,
	portErrors,
	queueDepthMetric,
	queueInFlightMetric,
	tableCount,
} from "./aws-metrics.ts";
import { consumers, heartbeatConsumers } from "./consumers.ts";
import type { Stage } from "./stage.ts";
import { sweepMinutes } from "./sweep.ts";
import { type TableRole, tableRoles } from "./table-roles.ts";

/** An alarm. It wakes a person, so it is only for what needs a person's action. */
export type AlarmSpec = {
	/** With `of`, the alarm's name after the stage's. */
	readonly article: AlarmArticle;
	readonly of?: string;
	readonly metric: IMetric;
	readonly threshold: number;
	/** If true, alarm below the threshold; otherwise at or above it. */
	readonly below?: true;
	/** Breaching periods that set it off: consecutive ones, or, if its expression has FILL, so many of one or two more (`latePeriods`). */
	readonly periods: number;
	/** If true, alarm also without data. */
	readonly breachesWhenMissing?: true;
};

/** The first text that the person on call reads, by the article of docs/runbook.md that says what to do. */
export const alarmTexts = {
	"dead-lanes": "Lane entries stay dead letters: the function that ends their messages fails",
	"dead-receipts": "Receipts are dead letters: messages may end as EXPIRED although they were delivered",
	"dead-reports": "Reports are dead letters: clients do not learn the status of their messages",
	"dead-due-shards": "Due checks are dead letters: only the sweep finds their scheduled messages and retries",
	"dead-incoming": "Messages from subscribers are dead letters: clients do not receive them",
	"dead-account-reports": "Reports for a client's SMPP session are dead letters after a thousand deliveries",
	"lane-late-urgent": "Urgent or emergency messages have waited longer than a minute for their submit",
	"lane-late-bulk": "Bulk or interactive messages have waited longer than two hours for their submit",
	"operator-unbound": "An operator has no bind: its subscribers receive nothing",
	"binds-lost": "An operator has fewer binds than its contract allows: its messages are sent more slowly",
	"operator-refusing": "An operator refuses or does not answer more than a fifth of the segments",
	"receipts-late": "A receipt has waited longer than five minutes to be applied",
	"receipts-orphaned": "An operator sent more than a hundred receipts in an hour for messages that we did not send",
	"due-checks-late": "Due checks wait longer than ten minutes: scheduled messages are sent late",
	"reports-late": "A report has waited longer than ten minutes for its first attempt",
	"reports-unconfirmed": "A client has not confirmed reports of messages that ended eight hours ago",
	"webhooks-failing": "No client confirms any report: the cause is probably ours",
	"api-failing": "The API answers clients with 5xx",
	"canary-late": "The canary's message was not accepted and delivered within five minutes, three times in a row",
	"release-failing": "Requests or entries fail: a release that is being deployed is rolled back",
	"requests-refused": "More than half of the clients' requests are refused",
	"submit-objective": "Too many messages are submitted later than their latency objective",
	"report-objective": "Too many reports are first tried later than their latency objective",
	"functions-failing": "Functions fail: their entries return until they are dead letters",
	"entries-failing": "A function fails for entries of its queue: they return until they are dead letters",
	"consumer-silent": "No heartbeat passes a queue and its function: the queue is not consumed",
	"sweep-silent": "No sweep finishes: nothing finds scheduled messages whose time slot was missed",
	"functions-throttled": "Lambda throttles functions: they have too little concurrency",
	"task-stalled": "No SMPP task reads the lanes although it could send: nothing is submitted",
	"task-overloaded": "The SMPP tasks use nearly all of their CPU or memory",
	"task-gone": "No SMPP task answers: nothing is submitted, and clients cannot bind",
	"rows-unreadable": "Table rows cannot be read: their messages wait and become dead letters after days",
	"tables-throttled": "DynamoDB throttles reads or writes of tables",
	"certificate-expiring":
		"The certificate of the API and of SMPP over TLS expires within thirty days and is not renewed",
	"nat-ports-exhausted": "A NAT gateway has no free port: binds and reports cannot connect",
} as const satisfies Record<string, string>;

export type AlarmArticle = keyof typeof alarmTexts;

const eachMinute = { period: Duration.minutes(1) } as const;
const fiveMinutes = { period: Duration.minutes(5) } as const;

/** CloudWatch's limit. */
const metricsPerAlarmMax = 10;

/** Resources whose ids are only known after the deployment. */
export type MonitoredResources = {
	readonly apiId: string;
	readonly natIds: readonly string[];
	readonly tasksAlive: IMetric;
	/** In percent of the task's size. */
	readonly taskCpu: IMetric;
	readonly taskMemory: IMetric;
};

export function alarmSpecs(stage: Stage, monitored: MonitoredResources): readonly AlarmSpec[] {
	return [
		...deadLetterAlarms(stage),
		...latenessAlarms(stage),
		...objectiveAlarms(stage),
		...operatorAlarms(stage),
		...functionAlarms(stage),
		...releaseAlarms(stage, monitored),
		...consumerAlarms(stage),
		...tableAlarms(stage),
		...taskAlarms(stage, monitored),
		...otherAlarms(stage, monitored),
	];
}

function deadLetterAlarms(stage: Stage): readonly AlarmSpec[] {
	const queueAlarms = (["receipts", "reports", "due-shards", "incoming"] as const).map((kind) => ({
		article: `dead-${kind}` as const,
		metric: queueDepthMetric(stage, `${kind}-dead`),
		threshold: 1,
		periods: 5,
	}));
	const laneAlarms = operators.map((operator) => ({
		article: "dead-lanes" as const,
		of: operator,
		metric: leftInDeadLanes(stage, operator),
		threshold: 1,
		// Their consumer needs some minutes; only what it leaves is wrong.
		periods: 3,
	}));
	/* The command line creates the accounts' queues, so the task that receives an entry last counts it. */
	const exhausted = ownCount(stage, "AccountReportsExhausted").with({ period: Duration.hours(1) });
	return [
		...queueAlarms,
		...laneAlarms,
		{ article: "dead-account-reports", metric: exhausted, threshold: 1, periods: 1 },
	];
}

/**
 * Dead letters of an operator's lanes that were visible for five minutes; and, if the function behind the lanes fails, those in flight.
 * An entry for which it fails is in flight nearly all the time, and comes back every two minutes. Ten metrics, CloudWatch's limit.
 */
function leftInDeadLanes(stage: Stage, operator: Operator): IMetric {
	const consumer = "lane-dead-letters";
	const roles = priorityNames.map((priority) => `lane-${operator}-${priority}-dead`);
	const visible = roles.map(
		(role, index) => [`v${index}`, queueDepthMetric(stage, role, "Minimum").with(fiveMinutes)] as const,
	);
	const inFlight = roles.map(
		(role, index) => [`f${index}`, queueInFlightMetric(stage, role).with(fiveMinutes)] as const,
	);
	const failed = [
		["entries", ownCount(stage, "EntriesFailed", consumer)],
		["errors", functionCount(stage, consumer, "Errors")],
	] as const;
	const total = (metrics: readonly (readonly [string, IMetric])[]) => metrics.map(([id]) => `FILL(${id},0)`).join("+");
	/* Not `entries+errors>0`: a function that was never called has neither metric. */
	return new MathExpression({
		expression: `${total(visible)}+IF(${total([...inFlight, ...failed])}>${total(inFlight)},${total(inFlight)},0)`,
		usingMetrics: Object.fromEntries([...visible, ...inFlight, ...failed]),
		...fiveMinutes,
		label: "Left dead letters",
	});
}

function latenessAlarms(stage: Stage): readonly AlarmSpec[] {
	const wait = (consumer: string) => ownMeasure(stage, "QueueWait", "Maximum", consumer).with(fiveMinutes);
	const laneAlarms = operators.flatMap((of): readonly AlarmSpec[] => [
		{
			article: "lane-late-urgent",
			of,
			metric: oldestMessageAge("UrgentUnsubmittedAge", of),
			threshold: 60_000,
			periods: 3,
		},
		{
			article: "lane-late-bulk",
			of,
			metric: oldestMessageAge("BulkUnsubmittedAge", of),
			threshold: 7_200_000,
			periods: 5,
		},
	]);
	function oldestMessageAge(name: "UrgentUnsubmittedAge" | "BulkUnsubmittedAge", of: string): IMetric {
		return ownMeasure(stage, name, "Maximum", of);
	}
	const unreported = ownMeasure(stage, "UnreportedAge", "Maximum").with({ period: Duration.hours(1) });
	return [
		...laneAlarms,
		{ article: "receipts-late", metric: wait("receipts"), threshold: 300_000, periods: 2 },
		{ article: "due-checks-late", metric: wait("check-due"), threshold: 600_000, periods: 2 },
		{ article: "reports-late", metric: wait("reports"), threshold: 600_000, periods: 2 },
		{ article: "reports-unconfirmed", metric: unreported, threshold: 8 * 3_600_000, periods: 1 },
		{ article: "webhooks-failing", metric: noneConfirmedMetric(stage), threshold: 1, periods: 3 },
	];
}

/** For each priority, how fast the month's allowance of late messages is used up. */
function objectiveAlarms(stage: Stage): readonly AlarmSpec[] {
	return (["submit", "report"] as const).flatMap((step) =>
		priorityNames.flatMap((priority) =>
			(["fast", "slow"] as const).map((speed): AlarmSpec => {
				const { rate, hours } = burnRates[speed];
				return {
					article: `${step}-objective`,
					of: `${priority}-${speed}`,
					metric: lateShare(stage, { step, priority, hours }),
					threshold: latePercent(latencyObjectives[step][priority], rate),
					periods: 1,
				};
			}),
		),
	);
}

type Objective = { readonly step: "submit" | "report"; readonly priority: PriorityName; readonly hours: number };

const objectiveCounts = {
	submit: { ok: "SubmitsInTime", late: "SubmitsLate" },
	report: { ok: "ReportsInTime", late: "ReportsLate" },
} as const;

/** In percent; 0 for fewer than 20 messages, of which one would be much. */
function lateShare(stage: Stage, { step, priority, hours }: Objective): IMetric {
	const period = Duration.hours(hours);
	const { ok, late } = objectiveCounts[step];
	return new MathExpression({
		expression: "IF(FILL(ok,0)+FILL(late,0)>=20,100*FILL(late,0)/(FILL(ok,0)+FILL(late,0)),0)",
		usingMetrics: {
			ok: ownCount(stage, ok, priority).with({ period }),
			late: ownCount(stage, late, priority).with({ period }),
		},
		period,
		label: "Late, %",
	});
}

/** 1 if at least 50 reports were sent in five minutes and none was confirmed. */
function noneConfirmedMetric(stage: Stage): IMetric {
	return new MathExpression({
		/* Not `ok==0`: CloudWatch may fill nothing where a metric has no data at all, but adds it as 0. */
		expression: "IF(FILL(no,0)>=50 AND FILL(no,0)+FILL(ok,0)==FILL(no,0),1,0)",
		usingMetrics: { ok: ownCount(stage, "ReportsConfirmed"), no: ownCount(stage, "ReportsUnconfirmed") },
		...fiveMinutes,
		label: "None confirmed",
	});
}

function operatorAlarms(stage: Stage): readonly AlarmSpec[] {
	return operators.flatMap((of): readonly AlarmSpec[] => [
		{
			article: "operator-unbound",
			of,
			metric: ownMeasure(stage, "BindsUp", "Maximum", of),
			threshold: 1,
			below: true,
			periods: 5,
			breachesWhenMissing: true,
		},
		{ article: "binds-lost", of, metric: bindsLost(stage, of), threshold: 1, periods: 15 },
		{ article: "operator-refusing", of, metric: refusedPercent(stage, of), threshold: 20, periods: 3 },
		{
			article: "receipts-orphaned",
			of,
			metric: ownCount(stage, "ReceiptsOrphaned", of).with({ period: Duration.hours(1) }),
			threshold: 100,
			periods: 1,
		},
	]);
}

/**
 * Binds that are held but not up, of all tasks; 0 if none is up, which is another alarm. Together the tasks hold all binds of the
 * contract.
 */
function bindsLost(stage: Stage, operator: string): IMetric {
	const of = (name: "BindsUp" | "BindsHeld") => ownMeasure(stage, name, "Sum", operator);
	return new MathExpression({
		expression: "IF(FILL(up,0)>0,FILL(held,0)-FILL(up,0),0)",
		usingMetrics: { up: of("BindsUp"), held: of("BindsHeld") },
		period: Duration.minutes(1),
		label: "Binds lost",
	});
}

/** Of the segments of five minutes; 0 for 50 or fewer. */
function refusedPercent(stage: Stage, operator: string): IMetric {
	const of = (name: "SubmitsAccepted" | "SubmitsRefused" | "SubmitsUnanswered") => ownCount(stage, name, operator);
	const expression =
		"IF(FILL(ok,0)+FILL(no,0)+FILL(lost,0)>50,100*(FILL(no,0)+FILL(lost,0))/(FILL(ok,0)+FILL(no,0)+FILL(lost,0)),0)";
	const usingMetrics = { ok: of("SubmitsAccepted"), no: of("SubmitsRefused"), lost: of("SubmitsUnanswered") };
	return new MathExpression({ expression, usingMetrics, period: Duration.minutes(5), label: "Refused, %" });
}

/** Every function. Each group has its alarms, which add up to ten metrics. */
export const functionGroups = {
	api: ["post-message", "post-batch", "get-message", "delete-message", "get-client-message", "get-batch"],
	lookups: ["search", "get-senders", "get-stats", "get-openapi", "unknown-route"],
	queues: ["receipts", "reports", "check-due", "lane-dead-letters", "incoming"],
	/** Only of a stage with a canary. */
	canary: ["send-canary"],
} as const;

function functionAlarms(stage: Stage): readonly AlarmSpec[] {
	const { canary: _, ...groups } = functionGroups;
	return Object.entries(groups).flatMap(([of, entries]): readonly AlarmSpec[] => [
		{
			article: "functions-failing",
			of,
			metric: sum(entries.map((entry) => functionCount(stage, entry, "Errors"))),
			threshold: 5,
			periods: 3,
		},
		{
			article: "functions-throttled",
			of,
			metric: sum(entries.map((entry) => functionCount(stage, entry, "Throttles"))),
			threshold: 50,
			periods: 3,
		},
	]);
}

/** Quick ones, for a release that takes ten minutes. With one tenth of the traffic it may already fail. */
function releaseAlarms(stage: Stage, { apiId }: MonitoredResources): readonly AlarmSpec[] {
	const failing = [
		...functionGroups.queues.map((entry) => functionCount(stage, entry, "Errors")),
		...consumers.map((consumer) => ownCount(stage, "EntriesFailed", consumer)),
	];
	const refused = (["rest", "smpp"] as const).map((of): AlarmSpec => {
		return { article: "requests-refused", of, metric: refusedShare(stage, of), threshold: 60, periods: 2 };
	});
	const [api, queues] = [failedRequests(apiId).with(eachMinute), sum(failing.map((metric) => metric.with(eachMinute)))];
	return [
		{ article: "release-failing", of: "api", metric: api, threshold: 5, periods: 2 },
		{ article: "release-failing", of: "queues", metric: queues, threshold: 10, periods: 2 },
		...refused,
	];
}

/** Of the requests of a minute, in percent; 0 for 50 or fewer. Those over a client's limit do not count. A batch is one refused request, or as many accepted messages as it has. */
function refusedShare(stage: Stage, channel: "rest" | "smpp"): IMetric {
	const of = (name: "MessagesAccepted" | "RequestsRefused" | "ClientsThrottled") =>
		ownCount(stage, name, channel).with(eachMinute);
	const refused = "(FILL(no,0)-FILL(slowed,0))";
	return new MathExpression({
		expression: `IF(${refused}>50,100*${refused}/(FILL(ok,0)+${refused}),0)`,
		usingMetrics: { ok: of("MessagesAccepted"), no: of("RequestsRefused"), slowed: of("ClientsThrottled") },
		...eachMinute,
		label: "Refused, %",
	});
}

/** An entry that always fails is counted ten times in five minutes, below the threshold. */
function consumerAlarms(stage: Stage): readonly AlarmSpec[] {
	const failing = consumers.map((of): AlarmSpec => {
		return { article: "entries-failing", of, metric: ownCount(stage, "EntriesFailed", of), threshold: 25, periods: 3 };
	});
	const silent = heartbeatConsumers.map((of): AlarmSpec => {
		const metric = ownCount(stage, "Heartbeats", of);
		return { article: "consumer-silent", of, metric, threshold: 1, below: true, periods: 3, breachesWhenMissing: true };
	});
	const sweep: AlarmSpec = {
		article: "sweep-silent",
		metric: ownCount(stage, "Sweeps").with({ period: Duration.minutes(sweepMinutes) }),
		...{ threshold: 1, below: true, periods: 3, breachesWhenMissing: true },
	};
	return [...failing, ...silent, sweep];
}

const tableGroups = Object.entries({
	messages: ["messages", "batches", "submissions", "slots", "reports"],
	accounts: ["accounts", "credentials", "limits", "leases", "numbers"],
	incoming: ["incoming", "short-codes", "webhook-secrets", "counts"],
} satisfies Record<string, readonly TableRole[]>);

function tableAlarms(stage: Stage): readonly AlarmSpec[] {
	const watched = tableGroups.flatMap(([, roles]) => roles);
	const others = tableRoles.filter((role) => !watched.includes(role));
	if (others.length > 0) throw new Error(`no alarm watches the throttling of ${others.join(", ")}`);
	return tableGroups.map(([of, roles]): AlarmSpec => {
		const throttled = roles.flatMap((role) => [
			tableCount(stage, role, "ReadThrottleEvents"),
			tableCount(stage, role, "WriteThrottleEvents"),
		]);
		return { article: "tables-throttled", of, metric: sum(throttled), threshold: 100, periods: 2 };
	});
}

function taskAlarms(stage: Stage, { tasksAlive, taskCpu, taskMemory }: MonitoredResources): readonly AlarmSpec[] {
	return [
		...stallAlarms(stage),
		{ article: "task-gone", metric: tasksAlive, threshold: 1, below: true, periods: 3, breachesWhenMissing: true },
		{
			article: "task-overloaded",
			of: "cpu",
			metric: taskCpu,
			threshold: percentOfTask(0.9, stage.sizes.taskCpu),
			periods: 15,
		},
		{ article: "task-overloaded", of: "memory", metric: taskMemory, threshold: 85, periods: 5 },
	];
}

/** One alarm, or one for each ten operators. */
function stallAlarms(stage: Stage): readonly AlarmSpec[] {
	const groups = Array.from({ length: Math.ceil(operators.length / metricsPerAlarmMax) }, (_, group) =>
		operators.slice(group * metricsPerAlarmMax, (group + 1) * metricsPerAlarmMax),
	);
	return groups.map((group, index): AlarmSpec => {
		const gaps = Object.fromEntries(group.map((of) => [of, ownMeasure(stage, "LaneReceiveGap", "Maximum", of)]));
		/* Not filled: without data from any task, the alarm must fire. */
		const longest = new MathExpression({
			expression: `MAX([${Object.keys(gaps).join(",")}])`,
			usingMetrics: gaps,
			period: Duration.minutes(1),
			label: "Longest unread, ms",
		});
		const of = groups.length === 1 ? {} : { of: String(index + 1) };
		return {
			article: "task-stalled",
			...of,
			metric: longest,
			threshold: 300_000,
			periods: 5,
			breachesWhenMissing: true,
		};
	});
}

function otherAlarms(stage: Stage, { apiId, natIds }: MonitoredResources): readonly AlarmSpec[] {
	const certificateAlarms: readonly AlarmSpec[] =
		stage.certificateArn === undefined
			? []
			: [
					{
						article: "certificate-expiring",
						metric: certificateDaysLeft(stage.certificateArn),
						threshold: 30,
						below: true,
						periods: 1,
					},
				];
	const delivered = ownCount(stage, "CanariesDelivered");
	const canaryAlarms: readonly AlarmSpec[] =
		stage.canary === undefined
			? []
			: [
					{
						article: "canary-late",
						metric: delivered,
						threshold: 1,
						below: true,
						periods: 3,
						breachesWhenMissing: true,
					},
				];
	const natAlarms: readonly AlarmSpec[] =
		natIds.length === 0
			? []
			: [{ article: "nat-ports-exhausted", metric: sum(natIds.map(portErrors)), threshold: 1, periods: 2 }];
	return [
		{ article: "api-failing", metric: failedRequests(apiId), threshold: 5, periods: 2 },
		/* Over an hour, since the rows of a slot are read again every quarter of an hour: the alarm lasts as long as they do. */
		{
			article: "rows-unreadable",
			metric: ownCount(stage, "UnreadableRows").with({ period: Duration.hours(1) }),
			threshold: 1,
			periods: 1,
		},
		...canaryAlarms,
		...natAlarms,
		...certificateAlarms,
	];
}

function sum(metrics: readonly IMetric[]): IMetric {
	if (metrics.length > metricsPerAlarmMax)
		throw new Error(`an alarm takes at most ${metricsPerAlarmMax} metrics, not ${metrics.length}`);
	const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
	const expression = Object.keys(usingMetrics)
		.map((id) => `FILL(${id},0)`)
		.join("+");
	const period = metrics[0]?.toMetricConfig().metricStat?.period ?? Duration.minutes(1);
	return new MathExpression({ expression, usingMetrics, period, label: "SUM" });
}

export const comparisons = {
	below: ComparisonOperator.LESS_THAN_THRESHOLD,
	from: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
} as const;

export const missingData = {
	breaching: TreatMissingData.BREACHING,
	notBreaching: TreatMissingData.NOT_BREACHING,
} as const;
