import * as z from "zod";
import type { Template } from "#local/template/template.ts";
import { evaluated, type Value } from "#test/infra/alarm-drills/metric-math.ts";
import type { DataPoint } from "./data-points.ts";

const metric = z.object({
	Namespace: z.string(),
	MetricName: z.string(),
	Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
const measured = z.object({
	Id: z.string(),
	MetricStat: z.object({ Metric: metric, Period: z.number(), Stat: z.string() }),
});
const computed = z.object({ Id: z.string(), Expression: z.string() });

const settings = z.object({
	AlarmName: z.string(),
	EvaluationPeriods: z.number(),
	DatapointsToAlarm: z.number(),
	Threshold: z.number(),
	ComparisonOperator: z.enum(["LessThanThreshold", "GreaterThanOrEqualToThreshold"]),
	TreatMissingData: z.enum(["breaching", "notBreaching"]),
});
const ofOneMetric = metric.extend({ Period: z.number(), Statistic: z.string() });
const ofMath = z.object({ Metrics: z.array(z.union([measured, computed])) });

/** The data points of a metric with these dimensions. */
export type PointsOf = (namespace: string, name: string, dimensions: string) => readonly DataPoint[];

type Window = { readonly from: number; readonly to: number };
type Measured = { readonly stat: string; readonly metric: z.output<typeof metric> };

export type DeployedAlarm = {
	readonly name: string;
	/** A fault that lasts so long makes it ring. */
	readonly withinMs: number;
	/** Whether it rings at this time. Before `since` nothing was measured, and nothing was missing. */
	rings(points: PointsOf, at: number, since: number): boolean;
};

/** How many more periods CloudWatch reads if some have no data. */
const morePeriods = 2;

/** The alarms of a template, as CloudWatch evaluates them each minute. */
export function deployedAlarms({ Resources }: Template, prefix: string): readonly DeployedAlarm[] {
	return Object.values(Resources)
		.filter(({ Type }) => Type === "AWS::CloudWatch::Alarm")
		.map(({ Properties }) => settings.and(z.union([ofMath, ofOneMetric])).parse(Properties))
		.filter(({ AlarmName }) => AlarmName.startsWith(prefix))
		.map((alarm): DeployedAlarm => {
			const { periodMs, valueIn } = "Metrics" in alarm ? mathOf(alarm.Metrics) : singleOf(alarm);
			const range = alarm.EvaluationPeriods + morePeriods;
			return {
				name: alarm.AlarmName.slice(prefix.length),
				withinMs: range * periodMs,
				rings: (points, at, since) => {
					const windows = Array.from({ length: range }, (_, index) => at - index * periodMs)
						.map((to) => ({ from: to - periodMs, to }))
						.filter(({ from }) => from >= since || periodMs >= longPeriodMs);
					const values = windows.flatMap((window) => valueIn(points, window) ?? []);
					return isAlarm(alarm, values, windows.length === range);
				},
			};
		});
}

/** An hour's alarm may ring before the stack has run for an hour. */
const longPeriodMs = 3_600_000;

/** @param values of the periods that have one, the newest first. Of missing periods as few as possible count. */
function isAlarm(alarm: z.output<typeof settings>, values: readonly number[], hasWholeRange: boolean): boolean {
	const { EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData } = alarm;
	const isBelow = ComparisonOperator === "LessThanThreshold";
	const evaluated = values.slice(0, EvaluationPeriods);
	const breaching = evaluated.filter((value) => (isBelow ? value < Threshold : value >= Threshold)).length;
	const missing = TreatMissingData === "breaching" && hasWholeRange ? EvaluationPeriods - evaluated.length : 0;
	return breaching + missing >= DatapointsToAlarm;
}

type Measurement = {
	readonly periodMs: number;
	valueIn(points: PointsOf, window: Window): Value;
};

function singleOf({ Period, Statistic, ...own }: z.output<typeof ofOneMetric>): Measurement {
	return {
		periodMs: Period * 1_000,
		valueIn: (points, window) => statisticOf(points, { stat: Statistic, metric: own }, window),
	};
}

/** The first entry is the one that returns data: CDK writes it so. */
function mathOf(metrics: z.output<typeof ofMath>["Metrics"]): Measurement {
	const byId = new Map(metrics.map((one) => [one.Id, one]));
	const periods = metrics.flatMap((one) => ("MetricStat" in one ? one.MetricStat.Period : []));
	const valueById = (id: string | undefined, points: PointsOf, window: Window): Value => {
		const one = byId.get(id ?? "");
		if (one === undefined) throw new Error(`an alarm has no metric ${id}`);
		if ("Expression" in one) return evaluated(one.Expression, (of) => valueById(of, points, window));
		return statisticOf(points, { stat: one.MetricStat.Stat, metric: one.MetricStat.Metric }, window);
	};
	return {
		periodMs: Math.max(...periods) * 1_000,
		valueIn: (points, window) => valueById(metrics[0]?.Id, points, window),
	};
}

/** A dimension that names another resource of the template, such as the API, is left out. */
function statisticOf(points: PointsOf, { stat, metric }: Measured, { from, to }: Window): Value {
	const dimensions = metric.Dimensions.filter(({ Value }) => typeof Value === "string");
	const text = dimensions.map(({ Name, Value }) => `${Name}=${String(Value)}`).join(" ");
	const found = points(metric.Namespace, metric.MetricName, text)
		.filter((one) => one.at >= from && one.at < to)
		.map(({ value }) => value);
	if (found.length === 0) return undefined;
	switch (stat) {
		case "Sum":
			return found.reduce((sum, value) => sum + value, 0);
		case "Maximum":
			return Math.max(...found);
		case "Minimum":
			return Math.min(...found);
		default:
			throw new Error(`unknown statistic ${stat}`);
	}
}
