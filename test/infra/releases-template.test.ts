import { describe, expect, it } from "vitest";
import { entries } from "#infra/entries.ts";
import { readStage } from "#infra/stage.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { gatewayTemplate, referencesIn, resources, sampleStage } from "./gateway-template.ts";

const alarms = new Map(
	resources("AWS::CloudWatch::Alarm").map(([, { Properties }]) => [String(Properties["AlarmName"]), Properties]),
);
const aliases = resources("AWS::Lambda::Alias").map(([id]) => id);

type Stat = { readonly MetricStat?: { readonly Period: number } };

/** How long a fault lasts until the alarm rings. */
function minutesToRing(name: string): number {
	const alarm = alarms.get(name) ?? expect.fail(`there is no alarm ${name}`);
	const periods = ((alarm["Metrics"] ?? []) as readonly Stat[]).flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
	return (Number(alarm["DatapointsToAlarm"]) * Math.max(...periods, Number(alarm["Period"] ?? 0))) / 60;
}

describe("a release of functions", () => {
	const groups = resources("AWS::CodeDeploy::DeploymentGroup").map(([, { Properties }]) => Properties);

	it("reaches callers by the function's alias only", () => {
		const functions = resources("AWS::Lambda::Function").map(([id]) => id);
		const callers = [
			["AWS::ApiGatewayV2::Integration", "IntegrationUri"],
			["AWS::Lambda::EventSourceMapping", "FunctionName"],
			["AWS::Lambda::Permission", "FunctionName"],
		] as const;
		const called = callers.flatMap(([type, property]) =>
			resources(type).flatMap(([, { Properties }]) => referencesIn(Properties[property])),
		);
		const scheduled = resources("AWS::Scheduler::Schedule").flatMap(([, { Properties }]) =>
			referencesIn(Object(Properties["Target"])["Arn"]),
		);

		expect(aliases).toHaveLength(functions.length);
		expect([...called, ...scheduled].filter((id) => functions.includes(id))).toEqual([]);
		expect(new Set([...called, ...scheduled].filter((id) => aliases.includes(id))).size).toBe(aliases.length);
	});

	it("moves traffic in ten steps, and back if an alarm rings or the release fails", () => {
		expect(groups).toHaveLength(aliases.length);
		for (const group of groups) {
			expect(group).toMatchObject({
				DeploymentConfigName: "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
				DeploymentStyle: { DeploymentOption: "WITH_TRAFFIC_CONTROL", DeploymentType: "BLUE_GREEN" },
				AutoRollbackConfiguration: {
					Enabled: true,
					Events: expect.arrayContaining(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]),
				},
				AlarmConfiguration: {
					Enabled: true,
					Alarms: ["release-failing-api", "release-failing-queues", "requests-refused-rest"].map((name) => ({
						Name: `smsgw-sample-${name}`,
					})),
				},
			});
		}
	});

	it("is watched by alarms that exist, and that ring long before its last step", () => {
		const names = groups.flatMap((group) =>
			(Object(group["AlarmConfiguration"])["Alarms"] as readonly { Name: string }[]).map(({ Name }) => Name),
		);

		for (const name of new Set(names)) expect(minutesToRing(name), name).toBeLessThanOrEqual(3);
	});

	it("takes effect at once if the stage says so", () => {
		const stage = readStage({ ...sampleStage, gradualReleases: false });
		const found = Object.values(synthesise(stage, entries).Resources).filter(
			({ Type }) => Type === "AWS::CodeDeploy::DeploymentGroup",
		);

		expect(new Set(found.map(({ Properties }) => Properties["DeploymentConfigName"]))).toEqual(
			new Set(["CodeDeployDefault.LambdaAllAtOnce"]),
		);
	});
});

describe("a release of the SMPP service", () => {
	const [[, service] = []] = resources("AWS::ECS::Service");
	const { DeploymentCircuitBreaker: breaker, Alarms: watching } = Object(
		service?.Properties["DeploymentConfiguration"],
	);

	it("is rolled back if its tasks do not stay up, or an alarm rings", () => {
		expect(breaker).toEqual({ Enable: true, Rollback: true });
		expect(watching).toMatchObject({ Enable: true, Rollback: true });
	});

	it("is watched by alarms that exist: no task, no lane read, no bind, all refused", () => {
		expect(watching.AlarmNames).toEqual(
			[
				"task-gone",
				"task-stalled",
				"requests-refused-smpp",
				...Object.keys(sampleStage.operators).map((operator) => `operator-unbound-${operator}`),
			].map((name) => `smsgw-sample-${name}`),
		);
		for (const name of watching.AlarmNames) expect(minutesToRing(name), name).toBeLessThanOrEqual(5);
	});
});

it("the template has one version of each function, which its alias names", () => {
	const versions = resources("AWS::Lambda::Version").map(([id]) => id);
	const named = resources("AWS::Lambda::Alias").flatMap(([, { Properties }]) =>
		referencesIn(Properties["FunctionVersion"]),
	);

	expect(named.toSorted()).toEqual(versions.toSorted());
	expect(Object.values(gatewayTemplate.Resources).filter(({ Type }) => Type === "AWS::Lambda::Url")).toEqual([]);
});
