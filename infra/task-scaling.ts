import { Duration } from "aws-cdk-lib";
import { AdjustmentType } from "aws-cdk-lib/aws-applicationautoscaling";
import { type IMetric, MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import type { NetworkTargetGroup } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { lanes } from "#shared/domain/message/lanes.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { laneDepth } from "./aws-metrics.ts";
import type { Stage } from "./stage.ts";

/** An alarm has at most ten metrics: bulk and interactive lanes, in which a backlog grows, and the number of tasks. */
const backlogLanes = lanes.filter(({ priority }) => priority <= 1);

/** Tasks that can each hold a bind of some operator. */
export function tasksMax({ operators: smscs }: Stage): number {
	return Math.max(...operators.map((operator) => smscs[operator]?.binds ?? 1));
}

export function scaleOnBacklog(service: FargateService, stage: Stage, tasks: NetworkTargetGroup): void {
	const most = Math.max(tasksMax(stage), stage.sizes.tasks);
	if (most === stage.sizes.tasks) return;
	const depths = backlogLanes.map((lane, index): [string, IMetric] => [`lane${index}`, laneDepth(stage, lane.name)]);
	const usingMetrics = { ...Object.fromEntries(depths), tasks: tasks.metrics.healthyHostCount() };
	const metric = new MathExpression({
		expression: `(${depths.map(([id]) => id).join("+")})/FILL(tasks,1)`,
		usingMetrics,
		period: Duration.minutes(1),
		label: "Lane entries per task",
	});
	const scaling = service.autoScaleTaskCount({ minCapacity: stage.sizes.tasks, maxCapacity: most });
	scaling.scaleOnMetric("backlog", {
		metric,
		adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
		evaluationPeriods: 5,
		cooldown: Duration.minutes(5),
		scalingSteps: [
			{ upper: stage.sizes.backlogPerTask / 10, change: -1 },
			{ lower: stage.sizes.backlogPerTask, change: +1 },
			{ lower: stage.sizes.backlogPerTask * 10, change: +2 },
		],
	});
}
