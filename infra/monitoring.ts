import { Stack } from "aws-cdk-lib";
import { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { alarmSpecs, alarmTexts, comparisons, type MonitoredResources, missingData } from "./alarms.ts";
import { addDashboard } from "./dashboard.ts";
import { alarmName } from "./deployment-alarms.ts";
import { namePrefix, type Stage } from "./stage.ts";

/** The stage's alarms, which are mailed to its alarm address, and its dashboard. */
export class Monitoring extends Construct {
	constructor(
		scope: Construct,
		id: string,
		{ stage, monitored }: { readonly stage: Stage; readonly monitored: MonitoredResources },
	) {
		super(scope, id);
		const topic = new Topic(this, "alarms", { topicName: `${namePrefix(stage)}-alarms`, enforceSSL: true });
		topic.addToResourcePolicy(alarmsPublish(this, topic));
		if (stage.alarmAddress !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmAddress));
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
				evaluationPeriods: periods,
				treatMissingData: breachesWhenMissing ? missingData.breaching : missingData.notBreaching,
			});
			alarm.addAlarmAction(new SnsAction(topic));
			alarm.addOkAction(new SnsAction(topic));
		}
		addDashboard(this, stage, monitored);
	}
}

/** `enforceSSL` gives the topic a policy, which replaces the default that lets CloudWatch publish. */
function alarmsPublish(scope: Construct, { topicArn }: Topic): PolicyStatement {
	return new PolicyStatement({
		sid: "AllowAlarmsOfThisAccount",
		principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
		actions: ["sns:Publish"],
		resources: [topicArn],
		conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
	});
}
