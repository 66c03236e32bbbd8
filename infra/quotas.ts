import { type AwsQuota, awsQuotas } from "#shared/domain/aws-quotas.ts";
import { section, wholeNumber } from "./section.ts";

export type QuotaResource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

type Count = (resources: readonly QuotaResource[]) => number;
export type Quota = AwsQuota & {
	readonly needed: Count;
	readonly remedy?: string;
};

/** AWS keeps this concurrency unreserved. */
const unreservedMin = 100;

/** While a deployment replaces tasks, the old ones still run. */
const tasksWhileDeploying = 2;

/** The needs of a stage, counted in its templates. Of all other quotas a stage needs far less than any account has. */
export const quotas = {
	lambdaConcurrency: {
		...awsQuotas.lambdaConcurrency,
		needed: (resources) =>
			sum(resources, "AWS::Lambda::Function", "ReservedConcurrentExecutions") +
			Math.max(unreservedMin, sum(resources, "AWS::Lambda::EventSourceMapping", "ScalingConfig.MaximumConcurrency")),
		remedy: "give each stage its share in sizes.lambdaConcurrency",
	},
	elasticIps: { ...awsQuotas.elasticIps, needed: countOf("AWS::EC2::EIP") },
	vpcs: { ...awsQuotas.vpcs, needed: countOf("AWS::EC2::VPC") },
	vpnGateways: { ...awsQuotas.vpnGateways, needed: countOf("AWS::EC2::VPNGateway") },
	vpnConnections: { ...awsQuotas.vpnConnections, needed: largestGroup("AWS::EC2::VPNConnection", "VpnGatewayId") },
	securityGroupRules: { ...awsQuotas.securityGroupRules, needed: securityGroupRules },
	fargateVcpus: {
		...awsQuotas.fargateVcpus,
		what: "Fargate cores, while a deployment replaces tasks",
		needed: fargateVcpus,
		remedy: "lower sizes.tasks or sizes.taskCpu",
	},
	apiRequestsPerSecond: {
		...awsQuotas.apiRequestsPerSecond,
		needed: (resources) => sum(resources, "AWS::ApiGatewayV2::Stage", "DefaultRouteSettings.ThrottlingRateLimit"),
	},
	apiRoutes: { ...awsQuotas.apiRoutes, needed: largestGroup("AWS::ApiGatewayV2::Route", "ApiId") },
	tables: { ...awsQuotas.tables, needed: countOf("AWS::DynamoDB::Table") },
	tableReadUnits: {
		...awsQuotas.tableReadUnits,
		needed: (resources) => maximumOf(resources, "AWS::DynamoDB::Table", "WarmThroughput.ReadUnitsPerSecond"),
		remedy: "lower warmThroughput",
	},
	tableWriteUnits: {
		...awsQuotas.tableWriteUnits,
		needed: (resources) => maximumOf(resources, "AWS::DynamoDB::Table", "WarmThroughput.WriteUnitsPerSecond"),
		remedy: "lower warmThroughput",
	},
	alarms: { ...awsQuotas.alarms, needed: countOf("AWS::CloudWatch::Alarm") },
	roles: { ...awsQuotas.roles, needed: countOf("AWS::IAM::Role") },
	logGroups: { ...awsQuotas.logGroups, needed: countOf("AWS::Logs::LogGroup") },
	rolePolicyCharacters: { ...awsQuotas.rolePolicyCharacters, needed: rolePolicyCharacters },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof quotas;
export const quotaNames = Object.keys(quotas) as readonly QuotaName[];

export type StageQuotaName = {
	[Name in QuotaName]: (typeof quotas)[Name] extends { code: string } ? Name : never;
}[QuotaName];
export const stageQuotaNames = quotaNames.filter((name): name is StageQuotaName => "code" in quotas[name]);

const stageQuota = (name: StageQuotaName) => wholeNumber(1, 1_000_000_000).default(quotas[name].allowed);

/** The account's quotas in the region, if they differ from the defaults. A new account may have a lambdaConcurrency of 10. */
export const stageQuotas = section(
	Object.fromEntries(stageQuotaNames.map((name) => [name, stageQuota(name)])) as Record<
		StageQuotaName,
		ReturnType<typeof stageQuota>
	>,
);

/** Each quota that the resources of an account's stages exceed, with a remedy. */
export function quotaProblems(
	resources: readonly QuotaResource[],
	raised: Readonly<Partial<Record<QuotaName, number>>>,
): readonly string[] {
	return quotaNames.flatMap((name) => {
		const { what, code, needed, remedy, ...usual }: Quota = quotas[name];
		const allowed = raised[name] ?? usual.allowed;
		const count = Math.ceil(needed(resources));
		if (count <= allowed) return [];
		const ask = code && `ask AWS for more (Service Quotas, ${code}) and set quotas.${name} to what you get`;
		const todo = [remedy, ask].filter((one) => one !== undefined).join(", or ");
		return [`${what}: ${count} needed, ${allowed} allowed${todo && `: ${todo}`}`];
	});
}

function of(resources: readonly QuotaResource[], type: string) {
	return resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
}

function countOf(type: string): Count {
	return (resources) => of(resources, type).length;
}

/** The largest number of resources with the same value of a property. */
function largestGroup(type: string, property: string): Count {
	return (resources) => {
		const groups = Map.groupBy(of(resources, type), (properties) => JSON.stringify(properties[property]));
		return Math.max(0, ...[...groups.values()].map(({ length }) => length));
	};
}

function numbers(resources: readonly QuotaResource[], type: string, path: string): readonly number[] {
	return of(resources, type).map((properties) => {
		const value = path.split(".").reduce<unknown>((inner, key) => Object(inner)[key], properties);
		return Number(value ?? 0);
	});
}

function sum(resources: readonly QuotaResource[], type: string, path: string): number {
	return numbers(resources, type, path).reduce((all, one) => all + one, 0);
}

function maximumOf(resources: readonly QuotaResource[], type: string, path: string): number {
	return Math.max(0, ...numbers(resources, type, path));
}

function securityGroupRules(resources: readonly QuotaResource[]): number {
	const inline = of(resources, "AWS::EC2::SecurityGroup").flatMap((properties) =>
		["SecurityGroupIngress", "SecurityGroupEgress"].map((key) => Object(properties[key]).length ?? 0),
	);
	const standalone = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"].map((type) =>
		largestGroup(type, "GroupId")(resources),
	);
	return Math.max(0, ...inline) + Math.max(...standalone);
}

function fargateVcpus(resources: readonly QuotaResource[]): number {
	const vcpus = maximumOf(resources, "AWS::ECS::TaskDefinition", "Cpu") / 1_024;
	const replaced = sum(resources, "AWS::ApplicationAutoScaling::ScalableTarget", "MinCapacity") * tasksWhileDeploying;
	const scaled = sum(resources, "AWS::ApplicationAutoScaling::ScalableTarget", "MaxCapacity");
	return vcpus * Math.max(replaced, scaled);
}

/** About the length of our ARNs, which the template only refers to. */
const arnCharacters = 100;

function rolePolicyCharacters(resources: readonly QuotaResource[]): number {
	const byRole = Map.groupBy(of(resources, "AWS::IAM::Policy"), ({ Roles }) => JSON.stringify(Roles));
	const sizes = [...byRole.values()].map((policies) =>
		policies.map(({ PolicyDocument }) => charactersOf(PolicyDocument)).reduce((all, one) => all + one, 0),
	);
	return Math.max(0, ...sizes);
}

function charactersOf(document: unknown): number {
	const text = JSON.stringify(document, (_key, value: unknown) =>
		isReference(value) ? "r".repeat(arnCharacters) : value,
	);
	return text.replaceAll(/\s/g, "").length;
}

function isReference(value: unknown): boolean {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
	const [key = "", ...others] = Object.keys(value);
	return others.length === 0 && (key === "Ref" || key.startsWith("Fn::"));
}
