import { GatewayVpcEndpointAwsService, type IVpc, NatProvider, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { type Addresses, zonesMax } from "./addresses.ts";

/**
 * The network of what must be known to others by its address. A NAT gateway in each zone, so the loss of one stops nothing in another, and each
 * leaves by an address that is published. DynamoDB and S3 (which container images come from) are reached without them, at no price; an
 * interface endpoint for another service costs more than the NAT gateways' price for its traffic (docs/deploy.md).
 */
export class Network extends Construct {
	/** By its interface: CDK's classes do not fit their own interfaces under `exactOptionalPropertyTypes`. */
	readonly vpc: IVpc;
	readonly natIds: readonly string[];

	constructor(scope: Construct, id: string, { outgoing }: Addresses) {
		super(scope, id);
		const nat = NatProvider.gateway({ eipAllocationIds: outgoing.map(({ attrAllocationId }) => attrAllocationId) });
		const vpc = new Vpc(this, "vpc", {
			maxAzs: zonesMax,
			natGateways: zonesMax,
			natGatewayProvider: nat,
			restrictDefaultSecurityGroup: false,
		});
		vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
		vpc.addGatewayEndpoint("s3", { service: GatewayVpcEndpointAwsService.S3 });
		this.vpc = vpc as IVpc;
		this.natIds = nat.configuredGateways.map(({ gatewayId }) => gatewayId);
	}
}
