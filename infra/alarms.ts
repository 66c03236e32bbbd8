import { Duration } from "aws-cdk-lib";
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { operators } from "#shared/domain/operators.ts";
import { priorityNames } from "#shared/domain/priorities.ts";
import {
	certificateDaysLeft,
	failedRequests,
	functionCount,
	ownCount,
	ownMeasure,
	portErrors,
	queueAge,
	queueDepth,
	tableCount,
} from "./figures-of-aws.ts";
import type { Stage } from "./stage.ts";

/** An alarm, as data. Each wakes somebody, so each is of what a person must do something about. */
export type AlarmRow = {
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
	readonly silenceIsWrong?: true;
};

/** What is wrong, by the article of docs/runbook.md that says what to do. The text is what whoever is woken reads first. */
export const alarmTexts = {
	"dead-lanes": "Entries of lanes rest in the dead letters: the function that ends their messages does not manage",
	"dead-receipts": "Receipts rest in the dead letters: messages may end as EXPIRED that were delivered",
	"dead-reports": "Reports rest in the dead letters: clients were not told what became of their messages",
	"dead-looks": "Looks at slots rest in the dead letters: what waits for its time is found by the sweep only",
	"dead-incoming": "Messages of subscribers rest in the dead letters: clients do not get them",
	"lane-late-urgent": "Urgent or emergency messages wait longer than a minute in their lane",
	"lane-late-bulk": "Bulk or interactive messages wait longer than two hours in their lane",
	"operator-unbound": "An operator has no bind that stands: nothing goes to its subscribers",
	"operator-refusing": "An operator leaves unanswered or refuses more than a fifth of what it is sent",
	"receipts-late": "Receipts wait longer than five minutes to be applied",
	"receipts-orphaned":
		"An operator's receipts name messages that it was never sent by us, more than a hundred in an hour",
	"looks-late": "Looks at slots wait longer than ten minutes: scheduled messages go late",
	"reports-late": "Half of the confirmed reports come later than ten minutes after their messages' ends",
	"api-failing": "The API answers clients with 5xx",
	"functions-failing": "Functions fail: what they were given comes again until it is a dead letter",
	"functions-throttled": "Functions are refused for want of concurrency",
	"task-gone": "No SMPP task answers: nothing is submitted, and clients cannot bind",
	"rows-unreadable": "Rows of tables cannot be read: what they hold up waits, and rests in the dead letters after days",
	"tables-throttled": "Tables turn away reads or writes",
	"certificate-expiring":
		"The certificate of the API and of SMPP in TLS ends within thirty days, and was not renewed by itself",
	"nat-ports": "A way out has no port left: binds or reports cannot connect",
} as const satisfies Record<string, string>;

export type AlarmArticle = keyof typeof alarmTexts;

/** Above what an alarm may add up: CloudWatch takes ten metrics in one. */
const addedMax = 10;

/** The ids of what has none of its own before it is deployed. */
export type MadeResources = {
	readonly apiId: string;
	readonly natIds: readonly string[];
	readonly tasksAlive: IMetric;
};

export function alarmRows(stage: Stage, made: MadeResources): readonly AlarmRow[] {
	return [
		...deadLetters(stage),
		...lates(stage),
		...ofOperators(stage),
		...ofFunctions(stage),
		...ofTheRest(stage, made),
	];
}

function deadLetters(stage: Stage): readonly AlarmRow[] {
	const own = (["receipts", "reports", "looks", "incoming"] as const).map((kind) => ({
		article: `dead-${kind}` as const,
		metric: queueDepth(stage, `${kind}-dead`),
		threshold: 1,
		periods: 5,
	}));
	const ofLanes = operators.map((operator) => ({
		article: "dead-lanes" as const,
		of: operator,
		metric: sum(priorityNames.map((priority) => queueDepth(stage, `lane-${operator}-${priority}-dead`))),
		threshold: 1,
		// They have a consumer: only what it leaves lying is wrong.
		periods: 15,
	}));
	return [...own, ...ofLanes];
}

function lates(stage: Stage): readonly AlarmRow[] {
	const oldest = (operator: string, names: readonly string[]) =>
		combined(
			names.map((name) => queueAge(stage, `lane-${operator}-${name}`)),
			"MAX",
		);
	const ofLanes = operators.flatMap((of): readonly AlarmRow[] => [
		{ article: "lane-late-urgent", of, metric: oldest(of, ["urgent", "emergency"]), threshold: 60, periods: 3 },
		{ article: "lane-late-bulk", of, metric: oldest(of, ["bulk", "interactive"]), threshold: 7_200, periods: 5 },
	]);
	return [
		...ofLanes,
		{ article: "receipts-late", metric: queueAge(stage, "receipts"), threshold: 300, periods: 5 },
		{ article: "looks-late", metric: queueAge(stage, "looks"), threshold: 600, periods: 3 },
		{ article: "reports-late", metric: ownMeasure(stage, "ReportLag", "p50"), threshold: 600_000, periods: 15 },
	];
}

function ofOperators(stage: Stage): readonly AlarmRow[] {
	return operators.flatMap((of): readonly AlarmRow[] => [
		{
			article: "operator-unbound",
			of,
			metric: ownMeasure(stage, "BindsUp", "Maximum", of),
			threshold: 1,
			below: true,
			periods: 5,
			silenceIsWrong: true,
		},
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
	queues: ["receipts", "reports", "look", "lane-dead-letters", "incoming"],
} as const;

function ofFunctions(stage: Stage): readonly AlarmRow[] {
	return Object.entries(functionGroups).flatMap(([of, entries]): readonly AlarmRow[] => [
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

const busiestTables = ["messages", "submissions", "slots", "reports", "limits"] as const;

function ofTheRest(stage: Stage, { apiId, natIds, tasksAlive }: MadeResources): readonly AlarmRow[] {
	const throttled = busiestTables.flatMap((role) => [
		tableCount(stage, role, "ReadThrottleEvents"),
		tableCount(stage, role, "WriteThrottleEvents"),
	]);
	const certificate: readonly AlarmRow[] =
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
	const ways: readonly AlarmRow[] =
		natIds.length === 0
			? []
			: [{ article: "nat-ports", metric: sum(natIds.map(portErrors)), threshold: 1, periods: 2 }];
	return [
		{ article: "api-failing", metric: failedRequests(apiId), threshold: 5, periods: 2 },
		{ article: "task-gone", metric: tasksAlive, threshold: 1, below: true, periods: 3, silenceIsWrong: true },
		/* Over an hour, for a slot's rows are met again every quarter: an alarm stands as long as they do. */
		{
			article: "rows-unreadable",
			metric: ownCount(stage, "UnreadableRows").with({ period: Duration.hours(1) }),
			threshold: 1,
			periods: 1,
		},
		{ article: "tables-throttled", metric: sum(throttled), threshold: 100, periods: 2 },
		...ways,
		...certificate,
	];
}

function sum(metrics: readonly IMetric[]): IMetric {
	return combined(metrics, "SUM");
}

function combined(metrics: readonly IMetric[], how: "SUM" | "MAX"): IMetric {
	if (metrics.length > addedMax) throw new Error(`an alarm takes at most ${addedMax} metrics, not ${metrics.length}`);
	const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
	const ids = Object.keys(usingMetrics).map((id) => `FILL(${id},0)`);
	const expression = how === "SUM" ? ids.join("+") : `MAX([${ids.join(",")}])`;
	const period = metrics[0]?.toMetricConfig().metricStat?.period ?? Duration.minutes(1);
	return new MathExpression({ expression, usingMetrics, period, label: how });
}

export const comparisons = {
	below: ComparisonOperator.LESS_THAN_THRESHOLD,
	from: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
} as const;

export const silence = { wrong: TreatMissingData.BREACHING, right: TreatMissingData.NOT_BREACHING } as const;
