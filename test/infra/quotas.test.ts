import { describe, expect, it } from "vitest";
import { assertWithinQuotas } from "#infra/account-quotas.ts";
import { entries } from "#infra/entries.ts";
import { type QuotaName, type QuotaResource, quotaNames, quotaProblems, quotas } from "#infra/quotas.ts";
import { readStage, type Stage } from "#infra/stage.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { gatewayTemplate, resources, sampleStage } from "./gateway-template.ts";

type Changes = {
	readonly name?: string;
	readonly account?: string;
	readonly sizes?: Partial<Stage["sizes"]>;
	readonly quotas?: Partial<Stage["quotas"]>;
};

function aStage({ name = "sample", account, sizes = {}, quotas: given = {} }: Changes = {}): Stage {
	const { certificateArn, ...sample } = sampleStage;
	return readStage({
		...sample,
		name,
		publicUrl: "http://sms.example.kz",
		...(account !== undefined && { account }),
		sizes: { ...sample.sizes, ...sizes },
		quotas: { ...sample.quotas, ...given },
	});
}

/** The error of stages that are synthesised together, or "nothing". */
function errorOf(...all: readonly Changes[]): string {
	try {
		const stages = all.map(aStage);
		assertWithinQuotas(
			stages.map((stage) => ({ stage, resources: Object.values(synthesise(stage, entries).Resources) })),
		);
		return "nothing";
	} catch (error) {
		return (error as Error).message;
	}
}

const twoStagesQuotas = { elasticIps: 8, fargateVcpus: 8 };

describe("a new AWS account", () => {
	it("with 1,000 concurrent executions has room for a stage", () => {
		expect(errorOf({})).toBe("nothing");
	});

	it("with 10 is refused with the number that a stage needs", () => {
		expect(errorOf({ quotas: { lambdaConcurrency: 10 } })).toBe(
			"stage sample: quotas.lambdaConcurrency: 10 is too low: a stage of these sizes needs 207; ask AWS for more (Service Quotas, L-B99A9384)",
		);
	});

	it.each([207, 208, 400, 1_000, 3_000])(
		"with %i has room for a stage, whose functions share the quota",
		(lambdaConcurrency) => {
			expect(errorOf({ quotas: { lambdaConcurrency } })).toBe("nothing");
		},
	);

	it("with 206 has no room", () => {
		expect(errorOf({ quotas: { lambdaConcurrency: 206 } })).toContain("206 is too low");
	});

	it("gives each function at least one reserved execution", () => {
		const { Resources } = synthesise(aStage({ quotas: { lambdaConcurrency: 207 } }), entries);
		const reserved = Object.values(Resources).flatMap(
			({ Properties }) => Properties["ReservedConcurrentExecutions"] ?? [],
		);

		expect(reserved).toHaveLength(11);
		expect(Math.min(...reserved.map(Number))).toBe(1);
	});
});

describe("two stages in one account", () => {
	it("fit if each has its part of the functions, and the addresses and cores suffice", () => {
		const parts = { sizes: { lambdaConcurrency: 480 }, quotas: twoStagesQuotas };

		expect(errorOf({ name: "prod", ...parts }, { name: "dev", ...parts })).toBe("nothing");
	});

	it("may have unequal parts", () => {
		const of = (lambdaConcurrency: number) => ({ sizes: { lambdaConcurrency }, quotas: twoStagesQuotas });

		expect(errorOf({ name: "prod", ...of(700) }, { name: "dev", ...of(100) })).toBe("nothing");
	});

	it("that each take all functions are refused in one line that says what to do", () => {
		expect(errorOf({ name: "prod", quotas: twoStagesQuotas }, { name: "dev", quotas: twoStagesQuotas })).toBe(
			"account 000000000000 in eu-central-1: Lambda functions running at once: 1764 needed, 1000 allowed: give each stage its share in sizes.lambdaConcurrency, or ask AWS for more (Service Quotas, L-B99A9384) and set quotas.lambdaConcurrency to what you get (stages: prod, dev)",
		);
	});

	it("beyond the default addresses and cores are refused for each quota", () => {
		const errorText = errorOf(
			{ name: "prod", sizes: { lambdaConcurrency: 480 } },
			{ name: "dev", sizes: { lambdaConcurrency: 480 } },
		);

		expect(errorText).toContain(
			"Elastic IP addresses: 8 needed, 5 allowed: ask AWS for more (Service Quotas, L-0263D0A3)",
		);
		expect(errorText).toContain(
			"Fargate cores, while a deployment replaces tasks: 8 needed, 6 allowed: lower sizes.tasks",
		);
		expect(errorText).not.toContain("\n");
	});

	it("with different values for the account's quota are refused", () => {
		const errorText = errorOf({ name: "prod", quotas: { elasticIps: 8 } }, { name: "dev", quotas: { elasticIps: 9 } });

		expect(errorText).toBe(
			"account 000000000000 in eu-central-1: quotas.elasticIps belongs to the account and must be the same in all its stages: it is 8 in prod, 9 in dev",
		);
	});
});

it("stages in different accounts have each account's quotas", () => {
	expect(errorOf({ name: "prod", account: "111122223333" }, { name: "dev", account: "444455556666" })).toBe("nothing");
});

const made = (Type: string, count: number, Properties: Record<string, unknown> = {}): QuotaResource[] =>
	Array.from({ length: count }, () => ({ Type, Properties }));

describe("a quota", () => {
	const beyond: Record<QuotaName, readonly QuotaResource[]> = {
		lambdaConcurrency: made("AWS::Lambda::Function", 1, { ReservedConcurrentExecutions: 901 }),
		elasticIps: made("AWS::EC2::EIP", 6),
		vpcs: made("AWS::EC2::VPC", 6),
		vpnGateways: made("AWS::EC2::VPNGateway", 6),
		vpnConnections: made("AWS::EC2::VPNConnection", 11, { VpnGatewayId: { Ref: "gateway" } }),
		securityGroupRules: made("AWS::EC2::SecurityGroup", 1, { SecurityGroupIngress: Array.from({ length: 61 }) }),
		fargateVcpus: [
			...made("AWS::ECS::TaskDefinition", 1, { Cpu: "1024" }),
			...made("AWS::ApplicationAutoScaling::ScalableTarget", 1, { MaxCapacity: 7 }),
		],
		apiRequestsPerSecond: made("AWS::ApiGatewayV2::Stage", 2, { DefaultRouteSettings: { ThrottlingRateLimit: 6_000 } }),
		apiRoutes: made("AWS::ApiGatewayV2::Route", 301, { ApiId: { Ref: "api" } }),
		tables: made("AWS::DynamoDB::Table", 2_501),
		tableReadUnits: made("AWS::DynamoDB::Table", 1, { WarmThroughput: { ReadUnitsPerSecond: 40_001 } }),
		tableWriteUnits: made("AWS::DynamoDB::Table", 1, { WarmThroughput: { WriteUnitsPerSecond: 40_001 } }),
		alarms: made("AWS::CloudWatch::Alarm", 5_001),
		roles: made("AWS::IAM::Role", 1_001),
		logGroups: made("AWS::Logs::LogGroup", 1_000_001),
		rolePolicyCharacters: made("AWS::IAM::Policy", 1, { PolicyDocument: "a".repeat(10_241) }),
	};

	it.each(quotaNames)("of %s is reported if a template exceeds it, and no other is", (name) => {
		expect(quotaProblems(beyond[name], {})).toEqual([expect.stringContaining(`${quotas[name].what}: `)]);
	});

	it.each(
		quotaNames.filter((name) => name !== "vpnGateways" && name !== "vpnConnections" && !name.startsWith("table")),
	)("of %s is counted in the sample template and not exceeded", (name) => {
		const count = quotas[name].needed(Object.values(gatewayTemplate.Resources));

		expect(count).toBeGreaterThan(0);
		expect(count).toBeLessThanOrEqual(quotas[name].allowed);
	});

	it("that was raised allows more", () => {
		expect(quotaProblems(beyond.elasticIps, { elasticIps: 6 })).toEqual([]);
	});

	it("of policy characters counts a reference as an ARN's length and adds up a role's policies", () => {
		const policy = (actions: number) =>
			made("AWS::IAM::Policy", 1, {
				Roles: [{ Ref: "role" }],
				PolicyDocument: { Action: "a".repeat(actions), Resource: { "Fn::GetAtt": ["a".repeat(9_000), "Arn"] } },
			});

		expect(quotaProblems(policy(5_000), {})).toEqual([]);
		expect(quotaProblems([...policy(5_000), ...policy(5_200)], {})).toHaveLength(1);
	});
});

it("the sample's log groups have generated names, so none is too long", () => {
	expect(resources("AWS::Logs::LogGroup").filter(([, { Properties }]) => "LogGroupName" in Properties)).toEqual([]);
});
