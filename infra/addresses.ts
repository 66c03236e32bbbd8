import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/** How many zones the network lies in. Two outlive the loss of one; each more costs an address and a node of the load balancer. */
export const zonesMax = 2;

/**
 * The addresses that stand in others' firewalls. Operators let our binds in by the one that we go out by, and clients our reports (contract
 * R36); clients' SMPP reaches us by one in each zone. To change one takes letters, so they outlive whatever uses them.
 */
export class Addresses extends Construct {
	readonly outgoing: CfnEIP;
	readonly incoming: readonly CfnEIP[];

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.outgoing = this.#address("outgoing");
		this.incoming = Array.from({ length: zonesMax }, (_, zone) => this.#address(`incoming-${zone + 1}`));
	}

	#address(id: string): CfnEIP {
		const address = new CfnEIP(this, id, { domain: "vpc" });
		address.applyRemovalPolicy(RemovalPolicy.RETAIN);
		new CfnOutput(this, `${id}-address`, { value: address.attrPublicIp });
		return address;
	}
}
