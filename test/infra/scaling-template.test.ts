import { describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { readStage, type Stage } from "#infra/stage.ts";
import { tasksMaxOf } from "#infra/task-scaling.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Resource } from "#local/template/template.ts";
import { gatewayTemplate, sampleStage } from "./gateway-template.ts";

const of = ({ Resources }: typeof gatewayTemplate, type: string): readonly Resource["Properties"][] =>
	Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));

function stageWith(sizes: Partial<Stage["sizes"]>): Stage {
	return readStage({ ...sampleStage, sizes: { ...sampleStage.sizes, ...sizes } });
}

type Tracking = {
	readonly TargetValue: number;
	readonly PredefinedMetricSpecification?: { readonly PredefinedMetricType: string };
	readonly CustomizedMetricSpecification?: { readonly MetricName: string; readonly Statistic: string };
};

/** What the number of tasks follows: the metric, and its target. */
function followed(template: typeof gatewayTemplate): Readonly<Record<string, number>> {
	const policies = of(template, "AWS::ApplicationAutoScaling::ScalingPolicy");
	return Object.fromEntries(
		policies.map((policy) => {
			const tracking = policy["TargetTrackingScalingPolicyConfiguration"] as Tracking;
			const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: custom } = tracking;
			return [predefined?.PredefinedMetricType ?? `${custom?.Statistic} ${custom?.MetricName}`, tracking.TargetValue];
		}),
	);
}

describe("the number of tasks", () => {
	it("follows CPU and clients' sessions, and not the depth of lanes, which an operator's outage fills", () => {
		expect(followed(gatewayTemplate)).toEqual({
			ECSServiceAverageCPUUtilization: 60,
			"Average ClientSessions": 500,
		});
	});

	it("is not part of the service, so a deployment does not reset it", () => {
		expect(of(gatewayTemplate, "AWS::ECS::Service")).toHaveLength(1);
		for (const service of of(gatewayTemplate, "AWS::ECS::Service")) expect(service).not.toHaveProperty("DesiredCount");
	});

	it.each([
		["of the sample", {}, { MinCapacity: 2, MaxCapacity: 4 }],
		["of one task", { tasks: 1 }, { MinCapacity: 1, MaxCapacity: 4 }],
		["of a stage for many clients", { tasks: 4, tasksMax: 20 }, { MinCapacity: 4, MaxCapacity: 20 }],
		["that is fixed", { tasks: 3, tasksMax: 3 }, { MinCapacity: 3, MaxCapacity: 3 }],
	])("%s is within its bounds, and at its minimum five minutes after a first deployment", (_, sizes, bounds) => {
		const [target] = of(synthesise(stageWith(sizes), entries), "AWS::ApplicationAutoScaling::ScalableTarget");

		expect(target).toMatchObject(bounds);
		expect(target?.["ScheduledActions"]).toMatchObject([{ Schedule: "rate(5 minutes)", ScalableTargetAction: bounds }]);
	});

	it.each([
		[256, 1_024, 60, 90],
		[2_048, 4_096, 30, 45],
		[4_096, 8_192, 15, 23],
	])("with tasks of %i CPU units follows the one core that a task uses", (taskCpu, taskMemoryMb, target, alarm) => {
		const template = synthesise(stageWith({ taskCpu, taskMemoryMb }), entries);
		const overloaded = of(template, "AWS::CloudWatch::Alarm").find(
			({ AlarmName }) => AlarmName === "smsgw-sample-task-overloaded-cpu",
		);

		expect(followed(template)["ECSServiceAverageCPUUtilization"]).toBe(target);
		expect(overloaded?.["Threshold"]).toBe(alarm);
	});

	it("is at most one for each bind of an operator, or twice the minimum", () => {
		expect(tasksMaxOf(stageWith({}))).toBe(4);
		expect(tasksMaxOf(stageWith({ tasks: 8 }))).toBe(16);
	});
});
