import { type CfnResource, RemovalPolicy } from "aws-cdk-lib";
import {
	AttributeType,
	Billing,
	BillingMode,
	ProjectionType,
	Table,
	TableEncryption,
	TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { copiedTables } from "#shared/contracts/filled-tables.ts";
import { tableName } from "#shared/contracts/resource-names.ts";
import { searchIndexes } from "#shared/contracts/search-indexes.ts";
import { metadataKeys } from "./entries.ts";
import { namePrefix, type Stage } from "./stage.ts";
import { type TableRole, tableRoles } from "./table-roles.ts";

/** A global table if the stage has a copy in another region. */
type StageTable = Table | TableV2;

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
	counts: { partition: ["user_name", AttributeType.STRING], sort: ["hour", AttributeType.STRING] },
} as const satisfies Record<TableRole, { readonly partition: Key; readonly sort?: Key }>;

export class Tables extends Construct {
	readonly byRole: Readonly<Record<TableRole, StageTable>>;

	/** @param lost tables that are left out. Then there can be no gateway. */
	constructor(
		scope: Construct,
		id: string,
		{
			stage,
			key,
			lost = [],
		}: { readonly stage: Stage; readonly key: IKey | undefined; readonly lost?: readonly TableRole[] | undefined },
	) {
		super(scope, id);
		const roles = tableRoles.filter((role) => !lost.includes(role));
		const tables = roles.map((role) => [role, this.#table(role, stage, key)] as const);
		this.byRole = Object.fromEntries(tables) as Record<TableRole, StageTable>;
	}

	#table(role: TableRole, stage: Stage, encryptionKey: IKey | undefined): StageTable {
		const ofKey: { readonly partition: Key; readonly sort?: Key } = keys[role];
		const settings = {
			tableName: tableName(namePrefix(stage), role),
			partitionKey: { name: ofKey.partition[0], type: ofKey.partition[1] },
			...(ofKey.sort && { sortKey: { name: ofKey.sort[0], type: ofKey.sort[1] } }),
			pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
			timeToLiveAttribute: "ttl",
			deletionProtection: true,
			...warmThroughputOf(stage.warmThroughput[role]),
			removalPolicy: RemovalPolicy.RETAIN,
		};
		const encryption = encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey };
		/* With an id of its own, so that CloudFormation never tries to turn one type into the other, which may delete the table. */
		const region = copiedTables.includes(role) ? stage.copyRegion : undefined;
		const table =
			region === undefined
				? new Table(this, role, { ...settings, ...encryption, billingMode: BillingMode.PAY_PER_REQUEST })
				: new TableV2(this, `${role}-copied`, { ...settings, billing: Billing.onDemand(), replicas: [{ region }] });
		if (stage.searchIndex) addSearchIndexes(table, role, stage);
		(table.node.defaultChild as CfnResource).addMetadata(metadataKeys.role, role);
		return table;
	}
}

/** A write of the table waits for its indexes, so they are as warm as the table. */
function addSearchIndexes(table: StageTable, role: TableRole, stage: Stage): void {
	for (const [indexName, { table: of, partition, sort }] of Object.entries(searchIndexes)) {
		if (of !== role) continue;
		table.addGlobalSecondaryIndex({
			indexName,
			partitionKey: { name: partition, type: AttributeType.STRING },
			sortKey: { name: sort, type: AttributeType.STRING },
			projectionType: ProjectionType.KEYS_ONLY,
			...warmThroughputOf(stage.warmThroughput[role]),
		});
	}
}

function warmThroughputOf(warm: Stage["warmThroughput"][TableRole]) {
	return warm && { warmThroughput: { readUnitsPerSecond: warm.reads, writeUnitsPerSecond: warm.writes } };
}
