import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { QueuePair, Queues } from "./queues.ts";
import type { TableRole, Tables } from "./tables.ts";

type TableRight =
	| "GetItem"
	| "BatchGetItem"
	| "Query"
	| "PutItem"
	| "UpdateItem"
	| "DeleteItem"
	| "BatchWriteItem"
	| "PartiQLInsert"
	| "PartiQLUpdate";

type QueueRight = "SendMessage" | "ReceiveMessage" | "DeleteMessage" | "ChangeMessageVisibility" | "GetQueueAttributes";

type QueueRole = "lanes" | "receipts" | "receiptsDead" | "reports" | "reportsDead" | "looks";

export type Rights = {
	readonly tables: Partial<Readonly<Record<TableRole, readonly TableRight[]>>>;
	readonly queues: Partial<Readonly<Record<QueueRole, readonly QueueRight[]>>>;
};

/** What an event source mapping does in the name of the function that it feeds. */
const fedBy = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] as const;

const authenticates = { accounts: ["GetItem"], credentials: ["GetItem"] } as const;

/**
 * Who may do what: everything that each function, and the SMPP task, does to a table or a queue, and nothing more. CDK's
 * grant methods are not used: they leave out the PartiQL rights and give whole families where one action is meant.
 */
export const rights = {
	"post-message": {
		tables: {
			...authenticates,
			messages: ["PartiQLInsert", "GetItem", "BatchGetItem"],
			slots: ["PutItem", "BatchWriteItem"],
		},
		queues: { lanes: ["SendMessage"], reports: ["SendMessage"] },
	},
	"get-message": {
		tables: { ...authenticates, messages: ["GetItem", "BatchGetItem"], reports: ["GetItem", "BatchGetItem"] },
		queues: {},
	},
	"unknown-route": { tables: {}, queues: {} },
	receipts: {
		tables: {
			submissions: ["BatchGetItem"],
			messages: ["BatchGetItem", "PartiQLUpdate"],
			reports: ["BatchGetItem"],
		},
		queues: { receipts: [...fedBy, "SendMessage"], receiptsDead: ["SendMessage"], reports: ["SendMessage"] },
	},
	reports: {
		tables: { accounts: ["GetItem"], messages: ["BatchGetItem"], reports: ["UpdateItem", "BatchGetItem"] },
		queues: { reports: [...fedBy, "ChangeMessageVisibility"], reportsDead: ["SendMessage"] },
	},
	look: {
		tables: {
			slots: ["Query", "DeleteItem", "BatchWriteItem"],
			messages: ["BatchGetItem", "PartiQLUpdate"],
			reports: ["BatchGetItem"],
		},
		queues: { lanes: ["SendMessage"], reports: ["SendMessage"], looks: [...fedBy, "SendMessage"] },
	},
	smpp: {
		tables: {
			messages: ["BatchGetItem", "PartiQLUpdate"],
			reports: ["BatchGetItem"],
			submissions: ["BatchWriteItem"],
			slots: ["BatchWriteItem"],
		},
		queues: {
			lanes: ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility"],
			receipts: ["SendMessage"],
			reports: ["SendMessage"],
		},
	},
} as const satisfies Record<string, Rights>;

/** Gives `grantee` its rights, one statement for each table and each kind of queue. */
export function grant(
	grantee: IGrantable,
	{ tables, queues }: Rights,
	stores: { tables: Tables; queues: Queues },
): void {
	for (const [role, actions] of Object.entries(tables)) {
		allow(grantee, "dynamodb", actions, [stores.tables.byRole[role as TableRole].tableArn]);
	}
	for (const [role, actions] of Object.entries(queues)) {
		const arns = queuesOf(role as QueueRole, stores.queues).map(({ queueArn }) => queueArn);
		allow(grantee, "sqs", actions, arns);
	}
}

function allow(grantee: IGrantable, service: string, actions: readonly string[], resources: string[]): void {
	const named = actions.map((action) => `${service}:${action}`);
	grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: named, resources }));
}

function queuesOf(role: QueueRole, queues: Queues): readonly Queue[] {
	if (role === "lanes") return Object.values(queues.lanes).map((pair: QueuePair) => pair.queue);
	const ofRole = {
		receipts: queues.receipts.queue,
		receiptsDead: queues.receipts.dead,
		reports: queues.reports.queue,
		reportsDead: queues.reports.dead,
		looks: queues.looks.queue,
	};
	return [ofRole[role]];
}
