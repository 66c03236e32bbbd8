import { Stack } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { Addresses } from "./addresses.ts";
import { EdgeKey } from "./edge-key.ts";
import { EncryptionKey } from "./encryption-key.ts";
import { Queues } from "./queues.ts";
import { Secrets } from "./secrets.ts";
import type { Stage } from "./stage.ts";
import type { TableRole } from "./table-roles.ts";
import { Tables } from "./tables.ts";

/**
 * What a stage must never lose: tables, queues, secrets, and the addresses that operators and clients have in their firewalls. A deployment of
 * new code does not touch this stack.
 */
export class StateStack extends Stack {
	readonly tables: Tables;
	readonly queues: Queues;
	readonly secrets: Secrets;
	readonly addresses: Addresses;
	/** Only if the stage has its own encryption key. */
	readonly key: IKey | undefined;
	/** Only with an edge. */
	readonly edgeKey: EdgeKey | undefined;

	constructor(
		scope: Construct,
		id: string,
		{ stage, lost }: { readonly stage: Stage; readonly lost?: readonly TableRole[] },
	) {
		super(scope, id, { env: { account: stage.account, region: stage.region }, terminationProtection: true });
		this.key = stage.encryption === "customer" ? new EncryptionKey(this, "encryption", stage).key : undefined;
		const encrypted = { stage, key: this.key };
		this.tables = new Tables(this, "tables", { ...encrypted, lost });
		this.queues = new Queues(this, "queues", encrypted);
		this.secrets = new Secrets(this, "secrets", encrypted);
		this.edgeKey = stage.edge && new EdgeKey(this, "edge-key", stage);
		this.addresses = new Addresses(this, "addresses", stage.network);
	}
}
