import { type IMetric, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type AlarmSpec, alarmSpecs } from "#infra/alarms.ts";
import { sampleStage } from "../sample-stage.ts";
import { evaluated, type Value } from "./metric-math.ts";

/** What each metric has in a minute, by name and dimension value, such as `BindsUp kcell`. Counts are by the minute. */
export type Minute = Readonly<Record<string, number>>;

const ofAws = (metricName: string) => new Metric({ namespace: "AWS", metricName });

const specs = alarmSpecs(sampleStage, {
	apiId: "api",
	natIds: ["nat-1", "nat-2"],
	tasksAlive: ofAws("HealthyHostCount"),
	taskCpu: ofAws("CPUUtilization"),
	taskMemory: ofAws("MemoryUtilization"),
});

/** The alarms that ring, by name, if every minute of the last six hours was like this. */
export function ringingAlarms(minute: Minute): readonly string[] {
	return specs.filter((spec) => rings(spec, minute)).map(({ article, of }) => [article, of ?? []].flat().join("-"));
}

function rings({ metric, threshold, below, breachesWhenMissing }: AlarmSpec, minute: Minute): boolean {
	const value = measuredBy(metric, minute);
	if (value === undefined) return breachesWhenMissing ?? false;
	return below ? value < threshold : value >= threshold;
}

function measuredBy(metric: IMetric, minute: Minute): Value {
	const { mathExpression, metricStat } = metric.toMetricConfig();
	if (mathExpression) {
		const { expression, usingMetrics } = mathExpression;
		return evaluated(expression, (id) => {
			const own = usingMetrics[id];
			if (own === undefined) throw new Error(`${expression} names ${id}, which it does not use`);
			return measuredBy(own, minute);
		});
	}
	if (metricStat === undefined) throw new Error("an alarm has no metric");
	const { metricName, dimensions = [], statistic, period } = metricStat;
	const [of] = dimensions.map(({ value }) => String(value).replace("smsgw-sample-", ""));
	const isOwn = metricStat.namespace === "smsgw-sample";
	const found =
		minute[of === undefined || (!isOwn && metricStat.namespace === "AWS") ? metricName : `${metricName} ${of}`];
	return found === undefined || statistic !== "Sum" ? found : found * (isGauge(metricName) ? 1 : period.toMinutes());
}

/** Sums over tasks, not over time. */
function isGauge(name: string): boolean {
	return name === "BindsUp" || name === "BindsHeld";
}
