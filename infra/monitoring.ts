import { Duration } from "aws-cdk-lib";
import { Alarm, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { alarmSpecs, alarmTexts, comparisons, type MonitoredResources, missingData } from "./alarms.ts";
import { addDashboard } from "./dashboard.ts";
import { alarmName } from "./deployment-alarms.ts";
import type { Stage } from "./stage.ts";

/** The stage's alarms and its dashboard. */
export class Monitoring extends Construct {
	constructor(
		scope: Construct,
		id: string,
		{
			stage,
			topic,
			monitored,
		}: { readonly stage: Stage; readonly topic: Topic; readonly monitored: MonitoredResources },
	) {
		super(scope, id);
		for (const { article, of, metric, threshold, below, periods, breachesWhenMissing } of alarmSpecs(
			stage,
			monitored,
		)) {
			const name = of === undefined ? article : `${article}-${of}`;
			const alarm = new Alarm(this, name, {
				alarmName: alarmName(stage, article, of),
				alarmDescription: `${alarmTexts[article]}${of === undefined ? "" : ` (${of})`}. docs/runbook.md#${article}`,
				metric,
				threshold,
				comparisonOperator: below ? comparisons.below : comparisons.from,
				evaluationPeriods: periods + latePeriods(metric),
				datapointsToAlarm: periods,
				treatMissingData: breachesWhenMissing ? missingData.breaching : missingData.notBreaching,
			});
			alarm.addAlarmAction(new SnsAction(topic));
			alarm.addOkAction(new SnsAction(topic));
		}
		addDashboard(this, stage, monitored);
	}
}

/**
 * Periods whose data may not have arrived yet. FILL makes zeros of them, so an alarm that needs the newest periods too might
 * never ring. Without FILL, CloudWatch looks at the periods before.
 */
function latePeriods(metric: IMetric): number {
	const { mathExpression } = metric.toMetricConfig();
	if (!mathExpression?.expression.includes("FILL(")) return 0;
	const minutes = Duration.seconds(mathExpression.period).toMinutes();
	return minutes <= 1 ? 2 : minutes <= 5 ? 1 : 0;
}
