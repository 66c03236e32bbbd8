import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, type CfnTable, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { tableName } from "#shared/contracts/resource-names.ts";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { type TableRole, tableRoles } from "./table-roles.ts";

type Key = readonly [name: string, type: AttributeType];

/** Separate tables, so that each has its own recovery, expiry and permissions. */
const keys = {
	messages: { partition: ["message_id", AttributeType.NUMBER] },
	batches: { partition: ["batch_id", AttributeType.NUMBER] },
	submissions: { partition: ["smsc_ref", AttributeType.STRING] },
	slots: { partition: ["slot_shard", AttributeType.STRING], sort: ["id", AttributeType.STRING] },
	reports: { partition: ["report_batch", AttributeType.STRING] },
	accounts: { partition: ["user_name", AttributeType.STRING] },
	credentials: { partition: ["user_name", AttributeType.STRING] },
	"webhook-secrets": { partition: ["user_name", AttributeType.STRING] },
	numbers: { partition: ["msisdn", AttributeType.NUMBER] },
	limits: { partition: ["counter", AttributeType.STRING] },
	leases: { partition: ["lease", AttributeType.STRING] },
	incoming: { partition: ["part_of", AttributeType.STRING], sort: ["part", AttributeType.STRING] },
	"short-codes": { partition: ["short_code", AttributeType.STRING] },
} as const satisfies Record<TableRole, { readonly partition: Key; readonly sort?: Key }>;

export class Tables extends Construct {
	readonly byRole: Readonly<Record<TableRole, Table>>;

	constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey | undefined }) {
		super(scope, id);
		const tables = tableRoles.map((role) => [role, this.#table(role, stage, key)] as const);
		this.byRole = Object.fromEntries(tables) as Record<TableRole, Table>;
	}

	#table(role: TableRole, stage: Stage, encryptionKey: IKey | undefined): Table {
		const ofKey: { readonly partition: Key; readonly sort?: Key } = keys[role];
		const table = new Table(this, role, {
			tableName: tableName(namePrefix(stage), role),
			partitionKey: { name: ofKey.partition[0], type: ofKey.partition[1] },
			...(ofKey.sort && { sortKey: { name: ofKey.sort[0], type: ofKey.sort[1] } }),
			billingMode: BillingMode.PAY_PER_REQUEST,
			pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
			timeToLiveAttribute: "ttl",
			deletionProtection: true,
			...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
			...warmThroughputOf(stage.warmThroughput[role]),
			removalPolicy: RemovalPolicy.RETAIN,
		});
		(table.node.defaultChild as CfnTable).addMetadata(metadataKeys.role, role);
		return table;
	}
}

function warmThroughputOf(warm: Stage["warmThroughput"][TableRole]) {
	return warm && { warmThroughput: { readUnitsPerSecond: warm.reads, writeUnitsPerSecond: warm.writes } };
}
