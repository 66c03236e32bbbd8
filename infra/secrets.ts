import { RemovalPolicy, SecretValue } from "aws-cdk-lib";
import { type CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";

/** What must not be read in a template. */
export class Secrets extends Construct {
	/** Key of the hash that makes message ids. Never rotated: a new key would make every client_message_id new. */
	readonly messageIdKey: Secret;
	/**
	 * The SMSCs' passwords as a JSON object by operator. It begins empty and is filled in once, by hand; a later deployment
	 * leaves it alone as long as the value here stays what it is.
	 */
	readonly smscPasswords: Secret;

	constructor(scope: Construct, id: string, stage: Stage) {
		super(scope, id);
		this.messageIdKey = new Secret(this, "message-id-key", {
			secretName: `${namePrefix(stage)}-message-id-key`,
			generateSecretString: { passwordLength: 64, excludePunctuation: true },
		});
		this.smscPasswords = new Secret(this, "smsc-passwords", {
			secretName: `${namePrefix(stage)}-smsc-passwords`,
			secretStringValue: SecretValue.unsafePlainText("{}"),
		});
		for (const secret of [this.messageIdKey, this.smscPasswords]) {
			secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
			(secret.node.defaultChild as CfnSecret).addMetadata(metadataKeys.role, secret.node.id);
		}
	}
}
