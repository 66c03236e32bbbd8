import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { CfnEIP } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import { type StageNetwork, zonesMax } from "./stage-network.ts";

/**
 * The addresses that stand in others' firewalls, of each kind one in every zone. Operators let our binds in by those that we go out by, and
 * clients our reports (contract R36); clients' SMPP reaches us by the others. To change one takes letters, so all are published from the
 * start, and they outlive whatever uses them.
 */
export class Addresses extends Construct {
	/** One in each zone, as the incoming ones; none where an existing VPC has its own way out, by addresses that the stage names. */
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
