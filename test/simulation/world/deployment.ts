import { stageSchema } from "#infra/stage.ts";
import { deadRole, laneRole, prefixOf, queueName, tableName } from "#shared/contracts/resource-names.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { operators } from "#shared/domain/message/operators.ts";
import type { TableSchema } from "../aws/dynamo-engine.ts";
import type { QueueSettings } from "../aws/sqs-engine.ts";

/** The tables and queues of the simulated stage, with the names and settings that CDK would give them (infra/). */
export const prefix = prefixOf("sim");

const stage = stageSchema.parse({
	name: "sim",
	account: "000000000000",
	region: "eu-central-1",
	publicUrl: "http://api.sim",
	operators: Object.fromEntries(
		operators.map((operator) => [operator, { host: `smsc-${operator}`, port: 2775, system_id: "smsgw" }]),
	),
});
export const laneVisibilitySeconds = stage.laneVisibilitySeconds;
export const leaseSeconds = stage.leaseSeconds;
export const publicUrl = stage.publicUrl;
export const retentionDays = stage.retentionDays;
export const incomingWaitSeconds = stage.incomingWaitSeconds;
export const checkDueFunctionArn = `arn:aws:lambda:eu-central-1:000000000000:function:${prefix}-check-due`;

const keys = {
	messages: ["message_id"],
	batches: ["batch_id"],
	submissions: ["smsc_ref"],
	slots: ["slot_shard", "id"],
	reports: ["report_batch"],
	accounts: ["user_name"],
	credentials: ["user_name"],
	"webhook-secrets": ["user_name"],
	numbers: ["msisdn"],
	limits: ["counter"],
	leases: ["lease"],
	incoming: ["part_of", "part"],
	"short-codes": ["short_code"],
	counts: ["user_name", "hour"],
} as const;
type TableRole = keyof typeof keys;

export const tables = Object.fromEntries(Object.keys(keys).map((role) => [role, tableName(prefix, role)])) as Readonly<
	Record<TableRole, string>
>;

const numericKeys: readonly string[] = ["message_id", "batch_id", "msisdn"];
const keyAttribute = (name: string) => ({ name, type: numericKeys.includes(name) ? "N" : "S" }) as const;

export const tableSchemas: readonly TableSchema[] = Object.entries(keys).map(([role, [hash, range]]) => ({
	name: tableName(prefix, role),
	hash: keyAttribute(hash),
	...(range !== undefined && { range: keyAttribute(range) }),
}));

/** The name of the table that AWS restores for a table of this role. */
export const restoredTable = (role: string) => tableName(`${prefix}-restored`, role);
export const restoredSchemas: readonly TableSchema[] = tableSchemas.map((schema) => ({
	...schema,
	name: schema.name.replace(prefix, `${prefix}-restored`),
}));

export const queueUrl = (role: string) =>
	`https://sqs.eu-central-1.amazonaws.com/000000000000/${queueName(prefix, role)}`;
const queueArn = (role: string) => `arn:aws:sqs:eu-central-1:000000000000:${queueName(prefix, role)}`;

/** As in infra/queues.ts. */
const day = 24 * 60 * 60;
const entryRetentionSeconds = 10 * day;
const deadLetterRetentionSeconds = 14 * day;
const receivesMaxOfSqs = 1_000;
const deadLettersVisibilitySeconds = 120;

/** A queue and its dead-letter queue. */
export function queuePair(
	role: string,
	visibilitySeconds: number,
	receivesMax = receivesMaxOfSqs,
): readonly QueueSettings[] {
	const [name, dead] = [role, deadRole(role)];
	return [
		{
			url: queueUrl(dead),
			arn: queueArn(dead),
			visibilitySeconds: deadLettersVisibilitySeconds,
			retentionSeconds: deadLetterRetentionSeconds,
		},
		{
			url: queueUrl(name),
			arn: queueArn(name),
			visibilitySeconds,
			retentionSeconds: entryRetentionSeconds,
			dead: { url: queueUrl(dead), receivesMax },
		},
	];
}

export const laneQueueUrls = Object.fromEntries(lanes.map(({ name }) => [name, queueUrl(laneRole(name))]));
export const laneDeadUrls = lanes.map(({ name }) => queueUrl(deadRole(laneRole(name))));

export const queueSettings: readonly QueueSettings[] = [
	...lanes.flatMap(({ name }) => queuePair(laneRole(name), laneVisibilitySeconds)),
	...queuePair("receipts", stage.receiptsVisibilitySeconds),
	...queuePair("reports", stage.reportsVisibilitySeconds),
	...queuePair("incoming", stage.incomingVisibilitySeconds),
	...queuePair("due-shards", stage.dueShardsVisibilitySeconds, 10),
];

/** The queues of each function (infra/event-sources.ts), and how long each function may run (infra/functions.ts). */
export const eventSources = [
	{ role: "receipts", urls: [queueUrl("receipts")], batchSize: 10 },
	{ role: "reports", urls: [queueUrl("reports")], batchSize: 10 },
	{ role: "incoming", urls: [queueUrl("incoming")], batchSize: 10 },
	{ role: "check-due", urls: [queueUrl("due-shards")], batchSize: stage.sizes.dueShardsBatchSize },
	{ role: "lane-dead-letters", urls: laneDeadUrls, batchSize: 10 },
] as const;

const apiTimeoutSeconds = 28;
export const timeoutSeconds = {
	"post-message": apiTimeoutSeconds,
	"post-batch": apiTimeoutSeconds,
	"get-message": apiTimeoutSeconds,
	"delete-message": apiTimeoutSeconds,
	"get-client-message": apiTimeoutSeconds,
	"get-batch": apiTimeoutSeconds,
	"get-senders": apiTimeoutSeconds,
	receipts: stage.receiptsVisibilitySeconds,
	reports: stage.reportsVisibilitySeconds,
	incoming: stage.incomingVisibilitySeconds,
	"check-due": stage.dueShardsVisibilitySeconds,
	"lane-dead-letters": deadLettersVisibilitySeconds,
} as const;
export type FunctionRole = keyof typeof timeoutSeconds;
