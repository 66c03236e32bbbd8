import { describe, expect, it } from "vitest";
import { metadataKeys } from "#infra/entries.ts";
import { referencesIn, resources, sampleStage } from "./gateway-template.ts";

const subnets = new Map(resources("AWS::EC2::Subnet"));
const addresses = resources("AWS::EC2::EIP");
const gateways = resources("AWS::EC2::NatGateway");

/** The subnets that a route leads from to somewhere. */
const routedTo = (key: "NatGatewayId" | "GatewayId") => {
	const tables = resources("AWS::EC2::Route")
		.filter(([, { Properties }]) => Properties[key] !== undefined && Properties["DestinationCidrBlock"] === "0.0.0.0/0")
		.flatMap(([, { Properties }]) => referencesIn(Properties["RouteTableId"]));
	return resources("AWS::EC2::SubnetRouteTableAssociation")
		.filter(([, { Properties }]) => referencesIn(Properties["RouteTableId"]).some((table) => tables.includes(table)))
		.flatMap(([, { Properties }]) => referencesIn(Properties["SubnetId"]));
};

describe("the one address that others know the gateway by (R36)", () => {
	it("is the only way out, and published", () => {
		const outgoing = addresses.filter(([id]) => id.startsWith("addressesoutgoing"));
		expect(outgoing).toHaveLength(1);
		expect(gateways).toHaveLength(1);
		expect(referencesIn(gateways[0]?.[1].Properties["AllocationId"])).toEqual([outgoing[0]?.[0]]);
	});

	it.each([
		["what posts reports", "AWS::Lambda::Function", "lambdas/reports.ts"],
		["what binds to the SMSCs", "AWS::ECS::Service", null],
	])("is what %s leaves by", (_, type, entry) => {
		const found = resources(type).filter(
			([, { Metadata }]) => entry === null || Metadata?.[metadataKeys.entry] === entry,
		);
		const inSubnets = found.flatMap(([, { Properties }]) =>
			referencesIn(Properties["VpcConfig"] ?? Properties["NetworkConfiguration"]).filter((id) => subnets.has(id)),
		);

		expect(found).toHaveLength(1);
		expect(inSubnets.length).toBeGreaterThan(0);
		expect(inSubnets.filter((id) => !routedTo("NatGatewayId").includes(id))).toEqual([]);
		expect(inSubnets.filter((id) => routedTo("GatewayId").includes(id))).toEqual([]);
	});
});

describe("what is open to anybody", () => {
	it("is the load balancer's two ports for SMPP, and the API", () => {
		const open = resources("AWS::EC2::SecurityGroup").flatMap(([id, { Properties }]) =>
			((Properties["SecurityGroupIngress"] ?? []) as { CidrIp?: string; FromPort: number; ToPort: number }[])
				.filter(({ CidrIp }) => CidrIp !== undefined)
				.map(({ FromPort, ToPort }) => [id.startsWith("clientsdoor"), FromPort, ToPort]),
		);
		const alone = resources("AWS::EC2::SecurityGroupIngress").filter(([, { Properties }]) => "CidrIp" in Properties);
		const [service] = resources("AWS::ECS::Service");

		expect(open).toEqual([
			[true, 2_775, 2_775],
			[true, 3_550, 3_550],
		]);
		expect(alone).toEqual([]);
		expect(resources("AWS::Lambda::Url")).toEqual([]);
		expect(service?.[1].Properties).toMatchObject({
			NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: "DISABLED" } },
		});
	});

	it("speaks TLS 1.2 at least, under the stage's own name alone", () => {
		const [[, name] = []] = resources("AWS::ApiGatewayV2::DomainName");
		const [[, api] = []] = resources("AWS::ApiGatewayV2::Api");

		expect(name?.Properties).toMatchObject({
			DomainName: "sms.example.kz",
			DomainNameConfigurations: [{ SecurityPolicy: "TLS_1_2", CertificateArn: sampleStage.certificateArn }],
		});
		expect(api?.Properties["DisableExecuteApiEndpoint"]).toBe(true);
	});
});

it("messages are kept for 90 days unless a stage says otherwise (A50)", () => {
	const kept = resources("AWS::Lambda::Function").flatMap(([, { Properties }]) => {
		const { Variables = {} } = (Properties["Environment"] ?? {}) as { Variables?: Record<string, unknown> };
		return Variables["RETENTION_DAYS"] ?? [];
	});

	expect(sampleStage.retentionDays).toBe(90);
	expect(new Set(kept)).toEqual(new Set(["90"]));
});
