import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { namePrefix, type Stage } from "./stage.ts";

/** The services of AWS that publish to the topic of alarms. */
export function alarmingServicesOf({ budgetDollars }: Stage): readonly string[] {
	const ofCosts = budgetDollars === undefined ? [] : ["budgets.amazonaws.com", "costalerts.amazonaws.com"];
	return ["cloudwatch.amazonaws.com", ...ofCosts];
}

/** The account's own key for tables, queues, secrets and alarms. Without it they are lost, so it is never deleted by a deployment. */
export class EncryptionKey extends Construct {
	/** As if it were imported: CDK then grants its use to roles only, since the key's policy would refer to another stack. */
	readonly key: IKey;

	constructor(scope: Construct, id: string, stage: Stage) {
		super(scope, id);
		const key = new Key(this, "key", {
			alias: namePrefix(stage),
			enableKeyRotation: true,
			removalPolicy: RemovalPolicy.RETAIN,
		});
		key.addToResourcePolicy(
			new PolicyStatement({
				principals: alarmingServicesOf(stage).map((service) => new ServicePrincipal(service)),
				actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
				resources: ["*"],
				conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
			}),
		);
		this.key = Key.fromKeyArn(this, "used", key.keyArn);
	}
}

/** What a role needs on the key to use encrypted tables and queues. */
export const keyActions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
