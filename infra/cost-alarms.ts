import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { CfnAnomalyMonitor, CfnAnomalySubscription } from "aws-cdk-lib/aws-ce";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { namePrefix, type Stage, stageTag } from "./stage.ts";

type CostAlarmsProps = { readonly stage: Stage; readonly budgetDollars: number; readonly topic: Topic };

/** An unusual cost is reported if it is at least this share of the budget. */
const unusualShare = 0.05;

/** Alarms on what the stage costs, by its tag. The account must activate `smsgw:stage` as a cost allocation tag. */
export class CostAlarms extends Construct {
	constructor(scope: Construct, id: string, { stage, budgetDollars, topic }: CostAlarmsProps) {
		super(scope, id);
		const subscriber = { subscriptionType: "SNS", address: topic.topicArn };
		const thresholds = [
			["ACTUAL", 80],
			["ACTUAL", 100],
			["FORECASTED", 100],
		] as const;
		new CfnBudget(this, "budget", {
			budget: {
				budgetName: namePrefix(stage),
				budgetType: "COST",
				timeUnit: "MONTHLY",
				budgetLimit: { amount: budgetDollars, unit: "USD" },
				costFilters: { TagKeyValue: [`user:${stageTag}$${stage.name}`] },
			},
			notificationsWithSubscribers: thresholds.map(([notificationType, threshold]) => ({
				notification: { notificationType, threshold, comparisonOperator: "GREATER_THAN", thresholdType: "PERCENTAGE" },
				subscribers: [subscriber],
			})),
		});
		const monitor = new CfnAnomalyMonitor(this, "monitor", {
			monitorName: namePrefix(stage),
			monitorType: "CUSTOM",
			monitorSpecification: JSON.stringify({ Tags: { Key: stageTag, Values: [stage.name] } }),
		});
		new CfnAnomalySubscription(this, "anomalies", {
			subscriptionName: namePrefix(stage),
			monitorArnList: [monitor.attrMonitorArn],
			frequency: "IMMEDIATE",
			subscribers: [{ type: "SNS", address: topic.topicArn }],
			thresholdExpression: JSON.stringify({
				Dimensions: {
					Key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
					MatchOptions: ["GREATER_THAN_OR_EQUAL"],
					Values: [String(Math.max(1, Math.ceil(budgetDollars * unusualShare)))],
				},
			}),
		});
	}
}
