import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { type StageNetwork, zonesMax } from "./stage-network.ts";

/**
 * Published addresses, one of each kind in every zone. Operators admit our binds by the outgoing addresses, and clients our reports (contract
 * R36); clients bind at the incoming ones. Others have them in their firewalls, so they are allocated from the start and outlive the stack.
 */
export class Addresses extends Construct {
	/** None in an existing VPC, whose outgoing addresses the stage names. */
	readonly outgoing: readonly CfnEIP[];
	readonly incoming: readonly CfnEIP[];

	constructor(scope: Construct, id: string, { vpc }: StageNetwork) {
		super(scope, id);
		this.outgoing = vpc === undefined ? this.#addresses("outgoing") : [];
		for (const [index, value] of (vpc?.outgoingAddresses ?? []).entries()) {
			new CfnOutput(this, `outgoing-${index + 1}-address`, { value });
		}
		this.incoming = this.#addresses("incoming");
	}

	#addresses(direction: string): readonly CfnEIP[] {
		return Array.from({ length: zonesMax }, (_, zone) => this.#address(`${direction}-${zone + 1}`));
	}

	#address(id: string): CfnEIP {
		const address = new CfnEIP(this, id, { domain: "vpc" });
		address.applyRemovalPolicy(RemovalPolicy.RETAIN);
		new CfnOutput(this, `${id}-address`, { value: address.attrPublicIp });
		return address;
	}
}
