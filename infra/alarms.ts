import { Duration } from "aws-cdk-lib";
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { operators } from "#shared/domain/message/operators.ts";
import { priorityNames } from "#shared/domain/message/priorities.ts";
import {
	certificateDaysLeft,
	failedRequests,
	functionCount,
	ownCount,
	ownMeasure,
	portErrors,
	queueDepth,
	tableCount,
} from "./aws-metrics.ts";
import { consumers, heartbeatConsumers } from "./consumers.ts";
import type { Stage } from "./stage.ts";
import { type TableRole, tableRoles } from "./table-roles.ts";

/** An alarm, as data. Each wakes somebody, so each is of what a person must do something about. */
export type AlarmSpec = {
	/** Its name below the stage's, and with `of`, whose it is. */
	readonly article: AlarmArticle;
	readonly of?: string;
	readonly metric: IMetric;
	readonly threshold: number;
	/** Below is wrong; otherwise from it on is wrong. */
	readonly below?: true;
	/** How many of its metric's periods in a row. */
	readonly periods: number;
	/** Whether silence is wrong as well. */
	readonly breachesWhenMissing?: true;
};

/** What is wrong, by the article of docs/runbook.md that says what to do. The text is what whoever is woken reads first. */
export const alarmTexts = {
	"dead-lanes": "Entries of lanes rest in the dead letters: the function that ends their messages does not manage",
	"dead-receipts": "Receipts rest in the dead letters: messages may end as EXPIRED that were delivered",
	"dead-reports": "Reports rest in the dead letters: clients were not told what became of their messages",
	"dead-due-shards": "Looks at slots rest in the dead letters: what waits for its time is found by the sweep only",
	"dead-incoming": "Messages of subscribers rest in the dead letters: clients do not get them",
	"dead-account-reports":
		"Reports for a client's SMPP session were received a thousand times: they rest in the dead letters of the account's queue",
	"lane-late-urgent": "Urgent or emergency messages have waited longer than a minute to be submitted",
	"lane-late-bulk": "Bulk or interactive messages have waited longer than two hours to be submitted",
	"operator-unbound": "An operator has no bind that stands: nothing goes to its subscribers",
	"binds-lost": "An operator has fewer binds than its contract allows: messages go more slowly",
	"operator-refusing": "An operator leaves unanswered or refuses more than a fifth of what it is sent",
	"receipts-late": "A receipt waits longer than five minutes to be applied",
	"receipts-orphaned":
		"An operator's receipts name messages that it was never sent by us, more than a hundred in an hour",
	"due-checks-late": "Looks at slots wait longer than ten minutes: scheduled messages go late",
	"reports-late": "A report waits longer than ten minutes for its first attempt",
	"reports-unconfirmed": "A client has not confirmed reports of messages that ended eight hours ago",
	"webhooks-failing": "No client confirms any report: the fault is probably ours",
	"api-failing": "The API answers clients with 5xx",
	"functions-failing": "Functions fail: what they were given comes again until it is a dead letter",
	"entries-failing": "A function fails at the entries of its queue: they come again until they are dead letters",
	"consumer-silent": "No heartbeat comes through a queue to its function: nothing of this queue is worked off",
	"functions-throttled": "Functions are refused for want of concurrency",
	"task-stalled": "No SMPP task reads the lanes, though it could send: nothing is submitted",
	"task-overloaded": "The SMPP tasks use nearly all of their CPU or memory",
	"task-gone": "No SMPP task answers: nothing is submitted, and clients cannot bind",
	"rows-unreadable": "Rows of tables cannot be read: what they hold up waits, and rests in the dead letters after days",
	"tables-throttled": "Tables turn away reads or writes",
	"certificate-expiring":
		"The certificate of the API and of SMPP in TLS ends within thirty days, and was not renewed by itself",
	"nat-ports-exhausted": "A way out has no port left: binds or reports cannot connect",
} as const satisfies Record<string, string>;

export type AlarmArticle = keyof typeof alarmTexts;

const fiveMinutes = { period: Duration.minutes(5) } as const;

/** Above what an alarm may add up: CloudWatch takes ten metrics in one. */
const metricsPerAlarmMax = 10;

/** The ids of what has none of its own before it is deployed. */
export type MonitoredResources = {
	readonly apiId: string;
	readonly natIds: readonly string[];
	readonly tasksAlive: IMetric;
	/** Of what the tasks' size gives, in percent. */
	readonly taskCpu: IMetric;
	readonly taskMemory: IMetric;
};

export function alarmSpecs(stage: Stage, made: MonitoredResources): readonly AlarmSpec[] {
	return [
		...deadLetterAlarms(stage),
		...latenessAlarms(stage),
		...operatorAlarms(stage),
		...functionAlarms(stage),
		...consumerAlarms(stage),
		...tableAlarms(stage),
		...taskAlarms(stage, made),
		...otherAlarms(stage, made),
	];
}

function deadLetterAlarms(stage: Stage): readonly AlarmSpec[] {
	const queueAlarms = (["receipts", "reports", "due-shards", "incoming"] as const).map((kind) => ({
		article: `dead-${kind}` as const,
		metric: queueDepth(stage, `${kind}-dead`),
		threshold: 1,
		periods: 5,
	}));
	const laneAlarms = operators.map((operator) => ({
		article: "dead-lanes" as const,
		of: operator,
		metric: sum(priorityNames.map((priority) => queueDepth(stage, `lane-${operator}-${priority}-dead`))),
		threshold: 1,
		// They have a consumer: only what it leaves lying is wrong.
		periods: 15,
	}));
	/* Those of accounts' queues are made by the command line: what goes there is told by the task that received it last. */
	const exhausted = ownCount(stage, "AccountReportsExhausted").with({ period: Duration.hours(1) });
	return [
		...queueAlarms,
		...laneAlarms,
		{ article: "dead-account-reports", metric: exhausted, threshold: 1, periods: 1 },
	];
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

/** 1 where many reports went out in five minutes and not one was confirmed. */
function noneConfirmedMetric(stage: Stage): IMetric {
	return new MathExpression({
		expression: "IF(FILL(no,0)>=50 AND FILL(ok,0)==0,1,0)",
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
 * Binds that should stand and do not, added up over a minute's measurements of all tasks; nought where none stands, which is another alarm. The
 * tasks hold all binds of the contract between them, so what they hold is what the contract allows.
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

/** Of what was sent in five minutes; nought while it is too little to say. */
function refusedPercent(stage: Stage, operator: string): IMetric {
	const of = (name: "SubmitsAccepted" | "SubmitsRefused" | "SubmitsUnanswered") => ownCount(stage, name, operator);
	const expression =
		"IF(FILL(ok,0)+FILL(no,0)+FILL(lost,0)>50,100*(FILL(no,0)+FILL(lost,0))/(FILL(ok,0)+FILL(no,0)+FILL(lost,0)),0)";
	const usingMetrics = { ok: of("SubmitsAccepted"), no: of("SubmitsRefused"), lost: of("SubmitsUnanswered") };
	return new MathExpression({ expression, usingMetrics, period: Duration.minutes(5), label: "Refused, %" });
}

/** Which functions are looked at together. */
export const functionGroups = {
	api: [
		"post-message",
		"post-batch",
		"get-message",
		"delete-message",
		"get-client-message",
		"get-batch",
		"get-senders",
	],
	queues: ["receipts", "reports", "check-due", "lane-dead-letters", "incoming"],
} as const;

function functionAlarms(stage: Stage): readonly AlarmSpec[] {
	return Object.entries(functionGroups).flatMap(([of, entries]): readonly AlarmSpec[] => [
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

/** Of each function that queues feed. One entry that can never be managed fails ten times in five minutes, and wakes nobody. */
function consumerAlarms(stage: Stage): readonly AlarmSpec[] {
	const failing = consumers.map((of): AlarmSpec => {
		return { article: "entries-failing", of, metric: ownCount(stage, "EntriesFailed", of), threshold: 25, periods: 3 };
	});
	const silent = heartbeatConsumers.map((of): AlarmSpec => {
		const metric = ownCount(stage, "Heartbeats", of);
		return { article: "consumer-silent", of, metric, threshold: 1, below: true, periods: 3, breachesWhenMissing: true };
	});
	return [...failing, ...silent];
}

/** The tables, in as many alarms as their metrics need: each has two. */
const tableGroups = Object.entries({
	messages: ["messages", "batches", "submissions", "slots", "reports"],
	accounts: ["accounts", "credentials", "limits", "leases", "numbers"],
	incoming: ["incoming", "short-codes"],
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
	const receiveGaps = Object.fromEntries(
		operators.map((operator) => [operator, ownMeasure(stage, "LaneReceiveGap", "Maximum", operator)]),
	);
	/* Nothing is filled in: where no task tells anything, the alarm is to see that. */
	const longest = new MathExpression({
		expression: `MAX([${Object.keys(receiveGaps).join(",")}])`,
		usingMetrics: receiveGaps,
		period: Duration.minutes(1),
		label: "Longest unread, ms",
	});
	return [
		{ article: "task-gone", metric: tasksAlive, threshold: 1, below: true, periods: 3, breachesWhenMissing: true },
		{ article: "task-stalled", metric: longest, threshold: 300_000, periods: 5, breachesWhenMissing: true },
		{ article: "task-overloaded", of: "cpu", metric: taskCpu, threshold: 90, periods: 15 },
		{ article: "task-overloaded", of: "memory", metric: taskMemory, threshold: 85, periods: 5 },
	];
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
	const natAlarms: readonly AlarmSpec[] =
		natIds.length === 0
			? []
			: [{ article: "nat-ports-exhausted", metric: sum(natIds.map(portErrors)), threshold: 1, periods: 2 }];
	return [
		{ article: "api-failing", metric: failedRequests(apiId), threshold: 5, periods: 2 },
		/* Over an hour, for a slot's rows are met again every quarter: an alarm stands as long as they do. */
		{
			article: "rows-unreadable",
			metric: ownCount(stage, "UnreadableRows").with({ period: Duration.hours(1) }),
			threshold: 1,
			periods: 1,
		},
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
