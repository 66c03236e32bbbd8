import { App, type Stack } from "aws-cdk-lib";
import { Template as CdkTemplate } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { cdkContext } from "#infra/cdk-context.ts";
import { entries } from "#infra/entries.ts";
import { addGateway, stackNames } from "#infra/gateway.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Resource, Template } from "#local/template/template.ts";
import { connectedNetwork, existingNetwork, sampleIn } from "./sample-stage.ts";

const of =
	(template: Template) =>
	(type: string): readonly (readonly [string, Resource])[] =>
		Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

const idOf = (value: unknown) => String((value as { Ref?: string } | undefined)?.Ref);

describe("a stage whose operators are reached by VPN and transit gateway", () => {
	const resources = of(synthesise(sampleIn(connectedNetwork), entries));
	const privateSubnets = resources("AWS::EC2::Subnet").filter(
		([, { Properties }]) => Properties["MapPublicIpOnLaunch"] === false,
	);
	const privateTables = resources("AWS::EC2::SubnetRouteTableAssociation")
		.filter(([, { Properties }]) => privateSubnets.some(([id]) => id === idOf(Properties["SubnetId"])))
		.map(([, { Properties }]) => idOf(Properties["RouteTableId"]));

	it("has its own block of addresses in two zones", () => {
		const [[, vpc] = []] = resources("AWS::EC2::VPC");

		expect(vpc?.Properties["CidrBlock"]).toBe("10.20.0.0/20");
		expect(privateTables).toHaveLength(2);
	});

	it("has a connection to each operator's VPN gateway, with static routes or BGP", () => {
		const gateways = resources("AWS::EC2::CustomerGateway").map(([, { Properties }]) => Properties);
		const connections = resources("AWS::EC2::VPNConnection").map(([, { Properties }]) => Properties);
		const routes = resources("AWS::EC2::VPNConnectionRoute").map(([, { Properties }]) => Properties);

		expect(gateways).toMatchObject([{ IpAddress: "203.0.113.9" }, { IpAddress: "198.51.100.3", BgpAsn: 65_010 }]);
		expect(connections).toMatchObject([{ StaticRoutesOnly: true }, { StaticRoutesOnly: false }]);
		expect(routes).toMatchObject([{ DestinationCidrBlock: "10.9.8.0/24" }, { DestinationCidrBlock: "10.9.9.0/24" }]);
	});

	it("propagates the VPNs' routes to the private subnets of both zones", () => {
		const propagatedTables = resources("AWS::EC2::VPNGatewayRoutePropagation").flatMap(
			([, { Properties }]) => Properties["RouteTableIds"] as object[],
		);

		expect(propagatedTables.map(idOf).sort()).toEqual([...privateTables].sort());
	});

	it("is attached to the transit gateway in both zones, with routes to the networks behind it", () => {
		const [[, attachment] = []] = resources("AWS::EC2::TransitGatewayAttachment");
		const { TransitGatewayId, SubnetIds = [] } = (attachment?.Properties ?? {}) as {
			TransitGatewayId?: string;
			SubnetIds?: object[];
		};
		const routes = resources("AWS::EC2::Route").filter(
			([, { Properties }]) => Properties["TransitGatewayId"] !== undefined,
		);

		expect(TransitGatewayId).toBe(connectedNetwork.transitGateway.id);
		expect(SubnetIds.map(idOf).sort()).toEqual(privateSubnets.map(([id]) => id).sort());
		expect(routes.map(([, { Properties }]) => idOf(Properties["RouteTableId"])).sort()).toEqual(
			[...privateTables].sort(),
		);
		expect(routes.map(([, { Properties }]) => Properties["DestinationCidrBlock"])).toEqual([
			"172.16.0.0/12",
			"172.16.0.0/12",
		]);
	});

	it("creates the routes after the transit gateway's attachment, as EC2 requires", () => {
		const context = { ...cdkContext, "aws:cdk:bundling-stacks": [], "aws:cdk:disable-asset-staging": true };
		const app = new App({ context, analyticsReporting: false, builtinCloudFormationValidation: false });
		addGateway(app, sampleIn(connectedNetwork));
		const stack = CdkTemplate.fromStack(app.node.findChild(stackNames("sample").gateway) as Stack);
		const [attachment] = Object.keys(stack.findResources("AWS::EC2::TransitGatewayAttachment"));

		const routes = Object.values(
			stack.findResources("AWS::EC2::Route", { Properties: { TransitGatewayId: connectedNetwork.transitGateway.id } }),
		);

		expect(routes.map(({ DependsOn }) => DependsOn)).toEqual([[attachment], [attachment]]);
	});
});

describe("a stage in an existing VPC", () => {
	const template = synthesise(sampleIn(existingNetwork), entries);
	const resources = of(template);
	const { id, publicSubnets, privateSubnets, outgoingAddresses } = existingNetwork.vpc;

	it("creates only security groups and the load balancer's addresses", () => {
		const made = Object.values(template.Resources).map(({ Type }) => Type);

		expect(new Set(made.filter((type) => type.startsWith("AWS::EC2::")))).toEqual(
			new Set([
				"AWS::EC2::EIP",
				"AWS::EC2::SecurityGroup",
				"AWS::EC2::SecurityGroupIngress",
				"AWS::EC2::SecurityGroupEgress",
			]),
		);
		expect(resources("AWS::EC2::EIP")).toHaveLength(2);
		expect(resources("AWS::EC2::SecurityGroup").map(([, { Properties }]) => Properties["VpcId"])).toEqual(
			resources("AWS::EC2::SecurityGroup").map(() => id),
		);
	});

	it("runs the service and the reports function in private subnets, and the load balancer in public ones", () => {
		const [[, service] = []] = resources("AWS::ECS::Service");
		const [[, balancer] = []] = resources("AWS::ElasticLoadBalancingV2::LoadBalancer");
		const inside = resources("AWS::Lambda::Function").flatMap(([, { Properties }]) => Properties["VpcConfig"] ?? []);

		expect(service?.Properties["NetworkConfiguration"]).toMatchObject({
			AwsvpcConfiguration: { Subnets: privateSubnets },
		});
		expect(inside).toMatchObject([{ SubnetIds: privateSubnets }]);
		expect(balancer?.Properties["SubnetMappings"]).toMatchObject(publicSubnets.map((SubnetId) => ({ SubnetId })));
	});

	it("publishes the outgoing addresses of that VPC (R36)", () => {
		const published = Object.values(template.Outputs).map(({ Value }) => Value);

		expect(published).toEqual(expect.arrayContaining(outgoingAddresses));
	});
});
