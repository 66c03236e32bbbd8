import { Duration } from "aws-cdk-lib";
import { Schedule } from "aws-cdk-lib/aws-applicationautoscaling";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import { operators } from "#shared/domain/message/operators.ts";
import { busyCoreShareMax, percentOfTask } from "#shared/domain/task-cpu.ts";
import { ownMeasure } from "./aws-metrics.ts";
import type { Stage } from "./stage.ts";

/** Tasks that can each hold a bind of some operator; at least twice the minimum, for clients' load. */
export function tasksMaxOf({ operators: smscs, sizes }: Pick<Stage, "operators" | "sizes">): number {
	const binds = operators.map((operator) => smscs[operator]?.binds ?? 1);
	return sizes.tasksMax ?? Math.max(...binds, sizes.tasks * 2);
}

/** A stopped task moves its binds and ends its clients' sessions, so tasks are stopped slowly. */
const cooldowns = { scaleOutCooldown: Duration.minutes(3), scaleInCooldown: Duration.minutes(30) };

/**
 * Tasks follow what loads them: CPU, for operators' and clients' traffic alike, and clients' sessions. They do not follow the depth of
 * lanes, which also grows when an operator is down (ADR 0082).
 */
export function scaleTasks(service: FargateService, stage: Stage): void {
	const { tasks: minCapacity, taskCpu, sessionsPerTask } = stage.sizes;
	const maxCapacity = tasksMaxOf(stage);
	const scaling = service.autoScaleTaskCount({ minCapacity, maxCapacity });
	scaling.scaleOnCpuUtilization("cpu", {
		targetUtilizationPercent: percentOfTask(busyCoreShareMax, taskCpu),
		...cooldowns,
	});
	scaling.scaleToTrackCustomMetric("sessions", {
		metric: ownMeasure(stage, "ClientSessions", "Average"),
		targetValue: sessionsPerTask,
		...cooldowns,
	});
	/* ECS starts a new service with one task, and target tracking does not raise a count that is below the minimum. */
	scaling.scaleOnSchedule("minimum", { schedule: Schedule.rate(Duration.minutes(5)), minCapacity, maxCapacity });
}
