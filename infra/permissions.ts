import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { searchIndexes } from "#shared/contracts/search-indexes.ts";
import { keyActions } from "./encryption-key.ts";
import type { QueuePair, Queues } from "./queues.ts";
import type { SlotSchedules } from "./slot-schedules.ts";
import type { TableRole } from "./table-roles.ts";
import type { Tables } from "./tables.ts";

type TableAction =
	| "GetItem"
	| "BatchGetItem"
	| "Query"
	| "UpdateItem"
	| "BatchWriteItem"
	| "PartiQLInsert"
	| "PartiQLUpdate"
	| "PartiQLDelete";

type QueueAction =
	| "SendMessage"
	| "ReceiveMessage"
	| "DeleteMessage"
	| "ChangeMessageVisibility"
	| "GetQueueAttributes";

type QueueRole =
	| "lanes"
	| "lanesDead"
	| "receipts"
	| "receiptsDead"
	| "reports"
	| "reportsDead"
	| "dueShards"
	| "incoming"
	| "incomingDead";

export type Permissions = {
	readonly tables: Partial<Readonly<Record<TableRole, readonly TableAction[]>>>;
	readonly queues: Partial<Readonly<Record<QueueRole, readonly QueueAction[]>>>;
	/** On the queues of accounts with reports by SMPP, which the command line creates: they are recognised by name. */
	readonly accountQueues?: readonly QueueAction[];
	/** Tables whose search indexes it reads. */
	readonly searches?: readonly TableRole[];
	/** Whether it writes slot rows and creates their schedules. */
	readonly parks?: true;
};

/** Used by the event source mapping in the function's name. */
const consumerActions = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] as const;

const authenticates = { accounts: ["GetItem"], credentials: ["GetItem"], limits: ["UpdateItem"] } as const;

const counts = { counts: ["UpdateItem"] } as const;

const reads = { ...authenticates, messages: ["BatchGetItem"], reports: ["BatchGetItem"] } as const;

const holds = {
	tables: { messages: ["BatchGetItem", "PartiQLUpdate"], slots: ["BatchWriteItem"] },
	queues: { lanes: ["SendMessage"], reports: ["SendMessage"] },
	parks: true,
} as const;

/** Reads messages whose request may never have been answered, and gives them a holder. */
const answersForMessages = { ...holds, tables: { ...reads, ...holds.tables, batches: ["BatchGetItem"] } } as const;

const accepts = {
	tables: {
		...authenticates,
		...holds.tables,
		...counts,
		numbers: ["BatchGetItem"],
		messages: ["BatchGetItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"],
	},
	queues: holds.queues,
	parks: true,
} as const;

/** By REST, a repeated message may belong to a batch that is not committed. */
const acceptsByRest = {
	...accepts,
	tables: { ...accepts.tables, batches: ["BatchGetItem", "UpdateItem"] },
} as const;

/**
 * Every action of each function and of the SMPP task on tables, queues and slot schedules. CDK's grant methods are not used: they omit the
 * PartiQL rights and grant families of actions.
 */
export const permissions = {
	"post-message": acceptsByRest,
	"post-batch": {
		...acceptsByRest,
		tables: { ...acceptsByRest.tables, batches: ["BatchGetItem", "BatchWriteItem", "UpdateItem"] },
	},
	"get-message": { tables: reads, queues: {} },
	"delete-message": {
		tables: { ...reads, ...counts, messages: ["BatchGetItem", "PartiQLUpdate"] },
		queues: { reports: ["SendMessage"] },
	},
	"get-client-message": answersForMessages,
	"get-batch": { ...answersForMessages, tables: { ...answersForMessages.tables, ...counts } },
	search: {
		...answersForMessages,
		tables: { ...answersForMessages.tables, incoming: ["BatchGetItem"] },
		searches: ["messages", "incoming"],
	},
	"get-senders": { tables: authenticates, queues: {} },
	"get-stats": { tables: { ...authenticates, counts: ["Query"] }, queues: {} },
	"get-openapi": { tables: {}, queues: {} },
	"unknown-route": { tables: {}, queues: {} },
	"send-canary": { tables: {}, queues: {} },
	receipts: {
		tables: {
			...counts,
			submissions: ["BatchGetItem", "UpdateItem"],
			messages: ["BatchGetItem", "PartiQLUpdate"],
			reports: ["BatchGetItem"],
		},
		queues: { receipts: [...consumerActions, "SendMessage"], receiptsDead: ["SendMessage"], reports: ["SendMessage"] },
	},
	incoming: {
		tables: {
			...counts,
			incoming: ["BatchGetItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate"],
			"short-codes": ["GetItem"],
			reports: ["BatchGetItem"],
		},
		queues: { incoming: [...consumerActions, "SendMessage"], incomingDead: ["SendMessage"], reports: ["SendMessage"] },
	},
	reports: {
		tables: {
			...counts,
			accounts: ["GetItem"],
			"webhook-secrets": ["GetItem"],
			incoming: ["BatchGetItem"],
			messages: ["BatchGetItem"],
			reports: ["UpdateItem", "BatchGetItem", "BatchWriteItem"],
			slots: ["BatchWriteItem"],
		},
		queues: { reports: [...consumerActions, "SendMessage"], reportsDead: ["SendMessage"] },
		accountQueues: ["SendMessage"],
	},
	"check-due": {
		tables: {
			...counts,
			slots: ["Query", "BatchWriteItem"],
			messages: ["BatchGetItem", "PartiQLUpdate"],
			reports: ["BatchGetItem"],
		},
		queues: { lanes: ["SendMessage"], reports: ["SendMessage"], dueShards: [...consumerActions, "SendMessage"] },
	},
	"lane-dead-letters": {
		tables: { ...counts, messages: ["BatchGetItem", "PartiQLUpdate"], reports: ["BatchGetItem"] },
		queues: { lanesDead: consumerActions, reports: ["SendMessage"] },
	},
	smpp: {
		parks: true,
		tables: {
			...accepts.tables,
			reports: ["BatchGetItem", "UpdateItem"],
			incoming: ["BatchGetItem"],
			submissions: ["BatchGetItem", "BatchWriteItem", "UpdateItem"],
			leases: ["BatchGetItem", "UpdateItem"],
		},
		queues: {
			lanes: ["SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"],
			receipts: ["SendMessage"],
			incoming: ["SendMessage"],
			reports: ["SendMessage"],
		},
		accountQueues: ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"],
	},
} as const satisfies Record<string, Permissions>;

/** CDK merges statements that differ in their resources only. */
export function grant(
	grantee: IGrantable,
	{ tables, queues, accountQueues, searches = [], parks }: Permissions,
	stores: { tables: Tables; queues: Queues; slotSchedules: SlotSchedules; key: IKey | undefined },
): void {
	if (stores.key && Object.keys({ ...tables, ...queues }).length > 0) useKey(grantee, stores.key);
	for (const statement of parks ? stores.slotSchedules.statements : []) {
		grantee.grantPrincipal.addToPrincipalPolicy(statement.copy());
	}
	for (const [role, actions] of Object.entries(tables)) {
		allow(grantee, "dynamodb", actions, [stores.tables.byRole[role as TableRole].tableArn]);
	}
	for (const role of searches) allow(grantee, "dynamodb", ["Query"], indexesOf(role, stores.tables));
	for (const [role, actions] of Object.entries(queues)) {
		const arns = queuesOf(role as QueueRole, stores.queues).map(({ queueArn }) => queueArn);
		allow(grantee, "sqs", actions, arns);
	}
	if (accountQueues) allow(grantee, "sqs", accountQueues, [stores.queues.accountQueuesArn]);
}

export function useKey(grantee: IGrantable, { keyArn }: IKey, actions: readonly string[] = keyActions): void {
	grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [keyArn] }));
}

function allow(grantee: IGrantable, service: string, actions: readonly string[], resources: string[]): void {
	const named = actions.map((action) => `${service}:${action}`);
	grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: named, resources }));
}

function indexesOf(role: TableRole, tables: Tables): string[] {
	const names = Object.entries(searchIndexes).flatMap(([name, { table }]) => (table === role ? name : []));
	return names.map((name) => `${tables.byRole[role].tableArn}/index/${name}`);
}

function queuesOf(role: QueueRole, queues: Queues): readonly Queue[] {
	if (role === "lanes") return Object.values(queues.lanes).map((pair: QueuePair) => pair.queue);
	if (role === "lanesDead") return Object.values(queues.lanes).map((pair: QueuePair) => pair.dead);
	const ofRole = {
		receipts: queues.receipts.queue,
		receiptsDead: queues.receipts.dead,
		reports: queues.reports.queue,
		reportsDead: queues.reports.dead,
		dueShards: queues.dueShards.queue,
		incoming: queues.incoming.queue,
		incomingDead: queues.incoming.dead,
	};
	return [ofRole[role]];
}
