import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Addresses } from "./addresses.ts";
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

	constructor(
		scope: Construct,
		id: string,
		{ stage, lost }: { readonly stage: Stage; readonly lost?: readonly TableRole[] },
	) {
		super(scope, id, { env: { account: stage.account, region: stage.region }, terminationProtection: true });
		this.tables = new Tables(this, "tables", stage, lost);
		this.queues = new Queues(this, "queues", stage);
		this.secrets = new Secrets(this, "secrets", stage);
		this.addresses = new Addresses(this, "addresses", stage.network);
	}
}
