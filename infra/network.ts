import { Annotations } from "aws-cdk-lib";
import {
	CfnRoute,
	CfnTransitGatewayAttachment,
	GatewayVpcEndpointAwsService,
	IpAddresses,
	type IVpc,
	NatProvider,
	Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Addresses } from "./addresses.ts";
import type { Stage } from "./stage.ts";
import { cidrOf, type StageNetwork, zonesMax } from "./stage-network.ts";

type NetworkProps = { readonly stage: Stage; readonly addresses: Addresses };
type ExistingVpc = NonNullable<StageNetwork["vpc"]>;
type TransitGateway = NonNullable<StageNetwork["transitGateway"]>;

/**
 * The stage's own network, or an existing one. In its own, each zone has a NAT gateway with a published address, so the loss of a zone stops
 * nothing in another. DynamoDB and S3 (for container images) have free gateway endpoints; an interface endpoint for another service costs
 * more than the NAT gateways' price for its traffic (docs/deploy.md).
 */
export class Network extends Construct {
	/** Interface, since CDK's classes do not implement theirs under `exactOptionalPropertyTypes`. */
	readonly vpc: IVpc;
	/** None in an existing VPC: its owner has them. */
	readonly natIds: readonly string[];

	constructor(scope: Construct, id: string, { stage, addresses }: NetworkProps) {
		super(scope, id);
		const existing = stage.network.vpc;
		const { vpc, natIds } = existing ? this.#existing(existing) : this.#own(stage.network, addresses);
		this.vpc = vpc;
		this.natIds = natIds;
	}

	#existing({ id, zones, publicSubnets, privateSubnets }: ExistingVpc) {
		const vpc = Vpc.fromVpcAttributes(this, "vpc", {
			vpcId: id,
			availabilityZones: [...zones],
			publicSubnetIds: [...publicSubnets],
			privateSubnetIds: [...privateSubnets],
		});
		const unused = "The VPC's owner sets up its routes.";
		Annotations.of(vpc).acknowledgeWarning("@aws-cdk/aws-ec2:noSubnetRouteTableId", unused);
		return { vpc, natIds: [] };
	}

	#own(network: StageNetwork, { outgoing }: Addresses) {
		const nat = NatProvider.gateway({ eipAllocationIds: outgoing.map(({ attrAllocationId }) => attrAllocationId) });
		const connections = Object.entries(network.vpn);
		const vpc = new Vpc(this, "vpc", {
			ipAddresses: IpAddresses.cidr(cidrOf(network)),
			maxAzs: zonesMax,
			natGateways: zonesMax,
			natGatewayProvider: nat,
			restrictDefaultSecurityGroup: false,
			// CDK propagates their routes to the private subnets.
			...(connections.length > 0 && {
				vpnConnections: Object.fromEntries(connections.map(([name, connection]) => [name, vpnOptions(connection)])),
			}),
		});
		vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
		vpc.addGatewayEndpoint("s3", { service: GatewayVpcEndpointAwsService.S3 });
		if (network.transitGateway) this.#attach(vpc as IVpc, network.transitGateway);
		return { vpc: vpc as IVpc, natIds: nat.configuredGateways.map(({ gatewayId }) => gatewayId) };
	}

	#attach(vpc: IVpc, { id, routes }: TransitGateway): void {
		const attachment = new CfnTransitGatewayAttachment(this, "transit-gateway", {
			transitGatewayId: id,
			vpcId: vpc.vpcId,
			subnetIds: vpc.privateSubnets.map(({ subnetId }) => subnetId),
		});
		for (const [zone, { routeTable }] of vpc.privateSubnets.entries()) {
			for (const destinationCidrBlock of routes) {
				new CfnRoute(this, `route-${zone + 1}-${destinationCidrBlock}`, {
					routeTableId: routeTable.routeTableId,
					destinationCidrBlock,
					transitGatewayId: id,
				}).addResourceDependency(attachment);
			}
		}
	}
}

function vpnOptions({ address, routes, asn }: StageNetwork["vpn"][string]) {
	return { ip: address, ...(routes && { staticRoutes: [...routes] }), ...(asn !== undefined && { asn }) };
}
