import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AlarmArticle, alarmTexts } from "#infra/alarms.ts";
import { consumers } from "#infra/consumers.ts";
import { root } from "#infra/entries.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { gatewayTemplate, referencesIn, resources, sampleStage } from "./gateway-template.ts";

const alarms = resources("AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("monitoring"));
const runbook = readFileSync(join(root, "docs/runbook.md"), "utf8");
const articles = new Map(
	runbook
		.split(/^## /m)
		.slice(1)
		.map((article) => [article.slice(0, article.indexOf("\n")), article] as const),
);
const anchorOf = (description: unknown) => /docs\/runbook\.md#([a-z-]+)$/.exec(String(description))?.[1] ?? "none";

type Dimension = { readonly Name: string; readonly Value: unknown };
type Named = { readonly MetricName: string; readonly Dimensions?: readonly Dimension[] };
type Stat = { readonly MetricStat?: { readonly Metric: Named; readonly Period: number } };

function metricsOf(article: AlarmArticle, of?: string): readonly string[] {
	const name = `smsgw-sample-${article}${of === undefined ? "" : `-${of}`}`;
	const properties = alarms.find(([, { Properties }]) => Properties["AlarmName"] === name)?.[1].Properties ?? {};
	const stats = ((properties["Metrics"] ?? []) as readonly Stat[]).flatMap(
		({ MetricStat }) => MetricStat?.Metric ?? [],
	);
	const all = stats.length > 0 ? stats : [properties as unknown as Named];
	return all.map(({ MetricName, Dimensions = [] }) =>
		[MetricName, ...Dimensions.map(({ Name, Value }) => `${Name}=${typeof Value === "string" ? Value : "…"}`)].join(
			" ",
		),
	);
}

function secondsOf(properties: Readonly<Record<string, unknown>>): number {
	const stats = ((properties["Metrics"] ?? []) as readonly Stat[]).flatMap(
		({ MetricStat }) => MetricStat?.Period ?? [],
	);
	return stats[0] ?? Number(properties["Period"]);
}

/** The function of an event source mapping to an alias, by the name of its file. */
function functionOf(mapping: Readonly<Record<string, unknown>>): string {
	const [alias = ""] = referencesIn(mapping["FunctionName"]);
	const [id = ""] = referencesIn(gatewayTemplate.Resources[alias]?.Properties["FunctionName"]);
	return String(gatewayTemplate.Resources[id]?.Properties["FunctionName"]).replace("smsgw-sample-", "");
}

describe("the alarms of the template", () => {
	it("each link to a runbook article, and each article has an alarm", () => {
		const anchors = alarms.map(([, { Properties }]) => anchorOf(Properties["AlarmDescription"]));

		expect([...new Set(anchors)].sort()).toEqual([...articles.keys()].sort());
		expect([...articles.keys()].sort()).toEqual(Object.keys(alarmTexts).sort());
	});

	it.each([...articles])("%s says what it means, where to look and what to do", (_, article) => {
		expect(article.match(/^\*\*(What it means|Look|Do)\.\*\*/gm)).toEqual([
			"**What it means.**",
			"**Look.**",
			"**Do.**",
		]);
	});

	it("notify only the stage's alarm address", () => {
		const [[topic] = []] = resources("AWS::SNS::Topic");
		const alarmActions = alarms.map(([, { Properties }]) => referencesIn(Properties["AlarmActions"]));

		expect(resources("AWS::SNS::Subscription").map(([, { Properties }]) => Properties["Endpoint"])).toEqual(
			sampleStage.alarmAddresses,
		);
		expect(alarmActions).toEqual(alarms.map(() => [topic]));
	});

	it("watch at most ten metrics, CloudWatch's limit", () => {
		const sizes = resources("AWS::CloudWatch::Alarm").map(
			([, { Properties }]) =>
				((Properties["Metrics"] ?? []) as { MetricStat?: object }[]).filter((one) => one.MetricStat).length,
		);

		expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
	});

	it("are accepted by CloudWatch: metrics of one period in each, over a day at most, or over a week by the hour", () => {
		for (const [id, { Properties }] of alarms) {
			const periods = ((Properties["Metrics"] ?? []) as readonly Stat[]).flatMap(
				({ MetricStat }) => MetricStat?.Period ?? [],
			);
			const seconds = secondsOf(Properties);

			expect(new Set(periods).size, id).toBeLessThanOrEqual(1);
			expect(seconds % 60, id).toBe(0);
			expect(seconds * Number(Properties["EvaluationPeriods"]), id).toBeLessThanOrEqual(
				(seconds < 3_600 ? 1 : 7) * 86_400,
			);
		}
	});

	it("measure waiting by the messages' own times, because SQS's queue age leaves out entries received three times", () => {
		const text = JSON.stringify(alarms);

		expect(text).not.toContain("ApproximateAgeOfOldestMessage");
		for (const operator of operators) {
			expect(metricsOf("lane-late-urgent", operator)).toEqual([`UrgentUnsubmittedAge operator=${operator}`]);
			expect(metricsOf("lane-late-bulk", operator)).toEqual([`BulkUnsubmittedAge operator=${operator}`]);
		}
		expect(metricsOf("reports-late")).toEqual(["QueueWait consumer=reports"]);
		expect(metricsOf("reports-unconfirmed")).toEqual(["UnreportedAge"]);
	});

	it("watch the latency objective of each priority over an hour and over six", () => {
		for (const priority of ["bulk", "interactive", "urgent", "emergency"]) {
			for (const [step, name] of [
				["submit", "Submits"],
				["report", "Reports"],
			] as const) {
				const own = [`${name}InTime priority=${priority}`, `${name}Late priority=${priority}`];
				expect(metricsOf(`${step}-objective`, `${priority}-fast`)).toEqual(own);
				expect(metricsOf(`${step}-objective`, `${priority}-slow`)).toEqual(own);
			}
		}
		const alarm = (name: string) => alarms.find(([, { Properties }]) => Properties["AlarmName"] === name)?.[1];
		const [fast, slow] = ["fast", "slow"].map((speed) => alarm(`smsgw-sample-submit-objective-urgent-${speed}`));
		expect([fast?.Properties["Threshold"], secondsOf(fast?.Properties ?? {})]).toEqual([14.4, 3_600]);
		expect([slow?.Properties["Threshold"], secondsOf(slow?.Properties ?? {})]).toEqual([6, 21_600]);
	});

	it("detect undelivered reports, by webhook or by an account's own queue", () => {
		expect(metricsOf("webhooks-failing")).toEqual(["ReportsConfirmed", "ReportsUnconfirmed"]);
		expect(metricsOf("dead-account-reports")).toEqual(["AccountReportsExhausted"]);
	});

	it("watch the consumer of each queue: its heartbeats and its failed entries", () => {
		const fed = [
			...new Set(resources("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => functionOf(Properties))),
		];

		expect(fed.toSorted()).toEqual([...consumers].toSorted());
		for (const consumer of fed) {
			expect(metricsOf("entries-failing", consumer)).toEqual([`EntriesFailed consumer=${consumer}`]);
		}
		for (const consumer of fed.filter((one) => one !== "lane-dead-letters")) {
			expect(metricsOf("consumer-silent", consumer)).toEqual([`Heartbeats consumer=${consumer}`]);
		}
	});

	it("treat missing data as breaching if a metric is always sent, and tolerate a deployment", () => {
		const missingDataAlarms = alarms.filter(([, { Properties }]) => Properties["TreatMissingData"] === "breaching");
		const articlesOf = missingDataAlarms.map(([, { Properties }]) => anchorOf(Properties["AlarmDescription"]));
		const minutes = missingDataAlarms.map(
			([, { Properties }]) => (secondsOf(Properties) * Number(Properties["EvaluationPeriods"])) / 60,
		);

		expect([...new Set(articlesOf)].sort()).toEqual([
			"canary-late",
			"consumer-silent",
			"operator-unbound",
			"sweep-silent",
			"task-gone",
			"task-stalled",
		]);
		expect(Math.min(...minutes)).toBeGreaterThanOrEqual(3);
	});

	it("do not wait for the newest periods if what is missing there counts as zero", () => {
		const isFilled = (properties: Readonly<Record<string, unknown>>) =>
			JSON.stringify(properties["Metrics"] ?? "").includes("FILL(");
		const spare = ([, { Properties }]: (typeof alarms)[number]) =>
			Number(Properties["EvaluationPeriods"]) - Number(Properties["DatapointsToAlarm"]);
		const quick = alarms.filter(([, { Properties }]) => secondsOf(Properties) <= 300);
		const [filled, others] = [true, false].map((wanted) =>
			quick.filter(([, { Properties }]) => isFilled(Properties) === wanted).map(spare),
		);

		expect(Math.min(...(filled ?? []))).toBeGreaterThanOrEqual(1);
		expect(new Set(others)).toEqual(new Set([0]));
	});

	it("ring at consecutive periods, or their article says of how many", () => {
		const numbers = ["", "one", "two", "three", "four"];
		const named = (count: unknown) => numbers[Number(count)] ?? String(count);
		const loose = alarms.flatMap(([, { Properties }]) => {
			const { DatapointsToAlarm: needed, EvaluationPeriods: looked, AlarmDescription: description } = Properties;
			return needed === looked ? [] : `${anchorOf(description)}: ${named(needed)} of ${named(looked)}`;
		});
		const said = [...articles].flatMap(([name, article]) =>
			[...article.matchAll(/\b(?:two|three|\d+) of (?:three|four|\d+)\b/g)].map(([text]) => `${name}: ${text}`),
		);

		expect(said.toSorted()).toEqual([...new Set(loose)].toSorted());
	});

	it("detect lost binds while others are up, and stalled or undersized tasks", () => {
		for (const operator of operators) {
			expect(metricsOf("binds-lost", operator)).toEqual([
				`BindsUp operator=${operator}`,
				`BindsHeld operator=${operator}`,
			]);
		}
		expect(metricsOf("task-stalled")).toEqual(operators.map((operator) => `LaneReceiveGap operator=${operator}`));
		expect(metricsOf("task-overloaded", "cpu")[0]).toMatch(/^CPUUtilization /);
		expect(metricsOf("task-overloaded", "memory")[0]).toMatch(/^MemoryUtilization /);
	});

	it("are few enough for one person: each covers at least an operator, a consumer or a group of tables", () => {
		expect(alarms.length).toBeLessThanOrEqual(100);
	});

	it("watch every dead-letter queue, every operator, and the throttling of every table", () => {
		const text = JSON.stringify(alarms.map(([, { Properties }]) => Properties));
		const dead = resources("AWS::SQS::Queue")
			.map(([, { Properties }]) => String(Properties["QueueName"]))
			.filter((name) => name.endsWith("-dead"));

		expect(dead.filter((name) => !text.includes(`"${name}"`))).toEqual([]);
		const tables = resources("AWS::DynamoDB::Table").map(([, { Properties }]) => String(Properties["TableName"]));
		expect(tables.filter((name) => text.split(`{"Name":"TableName","Value":"${name}"}`).length !== 3)).toEqual([]);
		for (const operator of operators) expect(text).toContain(`{"Name":"operator","Value":"${operator}"}`);
	});
});
