import { RemovalPolicy, SecretValue } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";

export class Secrets extends Construct {
	/** Key of the hash of message ids. Never rotate it: with a new key, a repeated client_message_id would be a new message. */
	readonly messageIdKey: Secret;
	/**
	 * The SMSCs' passwords, a JSON object by operator. Created empty and filled in by hand. A deployment leaves it alone as long as the value
	 * here does not change.
	 */
	readonly smscPasswords: Secret;
	/** Generated; the canary's account is created with it. Only of a stage with a canary. */
	readonly canaryPassword: Secret | undefined;

	constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey | undefined }) {
		super(scope, id);
		const encrypted = key && { encryptionKey: key };
		this.messageIdKey = new Secret(this, "message-id-key", {
			secretName: `${namePrefix(stage)}-message-id-key`,
			...encrypted,
			generateSecretString: { passwordLength: 64, excludePunctuation: true },
		});
		this.smscPasswords = new Secret(this, "smsc-passwords", {
			secretName: `${namePrefix(stage)}-smsc-passwords`,
			...encrypted,
			secretStringValue: SecretValue.unsafePlainText("{}"),
		});
		this.canaryPassword = stage.canary && this.#canaryPassword(stage, encrypted);
		for (const secret of [this.messageIdKey, this.smscPasswords, this.canaryPassword ?? []].flat()) {
			secret.applyRemovalPolicy(RemovalPolicy.RETAIN);
			(secret.node.defaultChild as CfnSecret).addMetadata(metadataKeys.role, secret.node.id);
		}
	}

	#canaryPassword(stage: Stage, encrypted: { readonly encryptionKey: IKey } | undefined): Secret {
		return new Secret(this, "canary-password", {
			secretName: `${namePrefix(stage)}-canary-password`,
			...encrypted,
			generateSecretString: { passwordLength: 32, excludePunctuation: true },
		});
	}
}
