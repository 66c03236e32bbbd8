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
 * The network of what must be known to others by its address: the stage's own, or one that is there already. In its own, there is a NAT gateway in
 * each zone, so the loss of one stops nothing in another, and each leaves by an address that is published. DynamoDB and S3 (which container images
 * come from) are reached without them, at no price; an interface endpoint for another service costs more than the NAT gateways' price for
 * its traffic (docs/deploy.md).
 */
export class Network extends Construct {
	/** By its interface: CDK's classes do not fit their own interfaces under `exactOptionalPropertyTypes`. */
	readonly vpc: IVpc;
	/** None in a VPC that is there already: they are its owner's. */
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
		const unused = "Nothing is routed here: that is the owner's.";
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
			// CDK has their routes told to the private subnets.
			...(connections.length > 0 && {
				vpnConnections: Object.fromEntries(connections.map(([name, connection]) => [name, vpnOptions(connection)])),
			}),
		});
		vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
		vpc.addGatewayEndpoint("s3", { service: GatewayVpcEndpointAwsService.S3 });
		if (network.transitGateway) this.#attach(vpc as IVpc, network.transitGateway);
		return { vpc: vpc as IVpc, natIds: nat.configuredGateways.map(({ gatewayId }) => gatewayId) };
	}

	/** A way from each private subnet to what lies behind the transit gateway. */
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
