import { GatewayVpcEndpointAwsService, type IVpc, NatProvider, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { type Addresses, zonesMax } from "./addresses.ts";

/**
 * The network of what must be known to others by its address. One NAT gateway, so there is one address that it is left by; DynamoDB and S3
 * (which container images come from) are reached without it, and without its price for each gigabyte.
 */
export class Network extends Construct {
	/** By its interface: CDK's classes do not fit their own interfaces under `exactOptionalPropertyTypes`. */
	readonly vpc: IVpc;
	readonly natId: string;

	constructor(scope: Construct, id: string, { outgoing }: Addresses) {
		super(scope, id);
		const nat = NatProvider.gateway({ eipAllocationIds: [outgoing.attrAllocationId] });
		const vpc = new Vpc(this, "vpc", {
			maxAzs: zonesMax,
			natGateways: 1,
			natGatewayProvider: nat,
			restrictDefaultSecurityGroup: false,
		});
		vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
		vpc.addGatewayEndpoint("s3", { service: GatewayVpcEndpointAwsService.S3 });
		this.vpc = vpc as IVpc;
		this.natId = nat.configuredGateways.map(({ gatewayId }) => gatewayId).join();
	}
}
