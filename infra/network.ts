import { CfnOutput } from "aws-cdk-lib";
import { CfnEIP, GatewayVpcEndpointAwsService, type IVpc, NatProvider, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/**
 * The network of what must be known to others by its address: operators let our binds in by it, and clients let our reports
 * in by it (contract R36). One NAT gateway, so there is one such address; DynamoDB is reached without it.
 */
export class Network extends Construct {
	/** By its interface: CDK's classes do not fit their own interfaces under `exactOptionalPropertyTypes`. */
	readonly vpc: IVpc;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		const address = new CfnEIP(this, "address", { domain: "vpc" });
		const vpc = new Vpc(this, "vpc", {
			maxAzs: 2,
			natGateways: 1,
			natGatewayProvider: NatProvider.gateway({ eipAllocationIds: [address.attrAllocationId] }),
			restrictDefaultSecurityGroup: false,
		});
		vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB });
		this.vpc = vpc as IVpc;
		new CfnOutput(this, "source-address", { value: address.attrPublicIp });
	}
}
