import { describe, expect, it } from "vitest";
import { entries, metadataKeys } from "#infra/entries.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { gatewayTemplate, referencesIn, resources, sampleStage } from "./gateway-template.ts";

const subnets = new Map(resources("AWS::EC2::Subnet"));
const addresses = resources("AWS::EC2::EIP");
const gateways = resources("AWS::EC2::NatGateway");

/** The subnets whose routes lead to a NAT gateway or an internet gateway. */
const routedTo = (key: "NatGatewayId" | "GatewayId") => {
	const tables = resources("AWS::EC2::Route")
		.filter(([, { Properties }]) => Properties[key] !== undefined && Properties["DestinationCidrBlock"] === "0.0.0.0/0")
		.flatMap(([, { Properties }]) => referencesIn(Properties["RouteTableId"]));
	return resources("AWS::EC2::SubnetRouteTableAssociation")
		.filter(([, { Properties }]) => referencesIn(Properties["RouteTableId"]).some((table) => tables.includes(table)))
		.flatMap(([, { Properties }]) => referencesIn(Properties["SubnetId"]));
};

const ofGateways = gateways.map(([, { Properties }]) => referencesIn(Properties["AllocationId"]));

const zoneOf = (subnet: string | undefined) =>
	JSON.stringify(subnets.get(subnet ?? "")?.Properties["AvailabilityZone"]);

describe("the gateway's published addresses (R36)", () => {
	it("are one for each NAT gateway, in two zones, all in the stack's outputs", () => {
		const outgoing = addresses.filter(([id]) => id.startsWith("addressesoutgoing"));
		const published = Object.values(gatewayTemplate.Outputs).flatMap(({ Value }) =>
			JSON.stringify(Value).includes('"PublicIp"') ? referencesIn(Value) : [],
		);
		const zones = gateways.map(([, { Properties }]) => zoneOf(referencesIn(Properties["SubnetId"])[0]));

		expect(outgoing).toHaveLength(2);
		expect(ofGateways.flat().sort()).toEqual(outgoing.map(([id]) => id).sort());
		expect(new Set(zones).size).toBe(2);
		expect(addresses).toHaveLength(4);
		expect(addresses.filter(([id]) => !published.includes(id))).toEqual([]);
	});

	it("are in the zone of each private subnet that uses them, so the loss of a zone does not affect the other", () => {
		const routes = resources("AWS::EC2::Route").filter(
			([, { Properties }]) => Properties["NatGatewayId"] !== undefined,
		);
		const crossing = routes.filter(([, { Properties }]) => {
			const gateway = resources("AWS::EC2::NatGateway").find(
				([id]) => id === referencesIn(Properties["NatGatewayId"])[0],
			);
			const own = resources("AWS::EC2::SubnetRouteTableAssociation").find(
				([, association]) =>
					referencesIn(association.Properties["RouteTableId"])[0] === referencesIn(Properties["RouteTableId"])[0],
			);
			const from = zoneOf(referencesIn(own?.[1].Properties["SubnetId"])[0]);
			return from !== zoneOf(referencesIn(gateway?.[1].Properties["SubnetId"])[0]);
		});

		expect(routes).toHaveLength(2);
		expect(crossing).toEqual([]);
	});

	it.each([
		["the reports function", "AWS::Lambda::Function", "lambdas/reports.ts"],
		["the SMPP service", "AWS::ECS::Service", null],
	])("are the source addresses of %s", (_, type, entry) => {
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

describe("the loss of a zone", () => {
	it("leaves one of two tasks and a load balancer node in the other zone", () => {
		const [[, service] = []] = resources("AWS::ECS::Service");
		const [[, balancer] = []] = resources("AWS::ElasticLoadBalancingV2::LoadBalancer");
		const { SubnetMappings = [] } = (balancer?.Properties ?? {}) as { SubnetMappings?: object[] };

		const [[, scaled] = []] = resources("AWS::ApplicationAutoScaling::ScalableTarget");

		expect(service?.Properties).toMatchObject({ AvailabilityZoneRebalancing: "ENABLED" });
		expect(scaled?.Properties).toMatchObject({ MinCapacity: 2 });
		expect(new Set(SubnetMappings.map((mapping) => zoneOf(referencesIn(Object(mapping)["SubnetId"])[0]))).size).toBe(2);
		expect(SubnetMappings.flatMap((mapping) => referencesIn(Object(mapping)["AllocationId"])).sort()).toEqual(
			addresses
				.map(([id]) => id)
				.filter((id) => id.startsWith("addressesincoming"))
				.sort(),
		);
	});
});

describe("what the internet can reach", () => {
	it("is the load balancer's two SMPP ports and the API", () => {
		const open = resources("AWS::EC2::SecurityGroup").flatMap(([id, { Properties }]) =>
			((Properties["SecurityGroupIngress"] ?? []) as { CidrIp?: string; FromPort: number; ToPort: number }[])
				.filter(({ CidrIp }) => CidrIp !== undefined)
				.map(({ FromPort, ToPort }) => [id.startsWith("clientslistener"), FromPort, ToPort]),
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

	it("requires TLS 1.2, under the stage's own name only", () => {
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

it("texts, and messages from subscribers, are kept as the stage says", () => {
	const stage = { ...sampleStage, finalTexts: "remove" as const, incomingRetentionDays: 20 };
	const { Resources } = synthesise(stage, entries);
	const variables = Object.values(Resources).flatMap(({ Type, Properties }) => {
		if (Type !== "AWS::Lambda::Function") return [];
		const { Variables = {} } = (Properties["Environment"] ?? {}) as { Variables?: Record<string, unknown> };
		return [Variables];
	});
	const [task] = Object.values(Resources).filter(({ Type }) => Type === "AWS::ECS::TaskDefinition");

	expect(variables.flatMap((one) => one["FINAL_TEXTS"] ?? [])).toEqual(["remove", "remove"]);
	expect(JSON.stringify(task?.Properties)).toContain('{"Name":"FINAL_TEXTS","Value":"remove"}');
	expect(variables.filter((one) => one["INCOMING_WAIT_SECONDS"]).map((one) => one["RETENTION_DAYS"])).toEqual(["20"]);
});
