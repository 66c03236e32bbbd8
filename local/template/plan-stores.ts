import * as z from "zod";
import { readResources } from "./read-resources.ts";
import type { References } from "./resolve.ts";
import type { Template } from "./template.ts";

const keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) })).min(1);
const attributes = z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(["S", "N", "B"]) }));

const indexes = z.array(
	z.object({
		IndexName: z.string(),
		KeySchema: keys,
		Projection: z.object({
			ProjectionType: z.literal("KEYS_ONLY", "the local stack creates indexes of keys only"),
		}),
	}),
);

export type TablePlan = {
	readonly name: string;
	readonly keySchema: z.output<typeof keys>;
	readonly attributeDefinitions: z.output<typeof attributes>;
	readonly indexes: z.output<typeof indexes>;
	readonly ttlAttribute?: string;
};

const tableProperties = z.object({
	TableName: z.string(),
	KeySchema: keys,
	AttributeDefinitions: attributes,
	TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.literal(true) }).optional(),
	GlobalSecondaryIndexes: indexes.default([]),
	// Refused, because the local stack creates none: no access path must exist only in the cloud.
	LocalSecondaryIndexes: z.undefined("the local stack does not create local indexes").optional(),
});

export function readTables(template: Template, references: References): Readonly<Record<string, TablePlan>> {
	const found = readResources(template, references, "AWS::DynamoDB::Table", tableProperties);
	return Object.fromEntries(
		found.map(({ properties, metadata }) => {
			const ttl = properties.TimeToLiveSpecification?.AttributeName;
			const table: TablePlan = {
				name: properties.TableName,
				keySchema: properties.KeySchema,
				attributeDefinitions: properties.AttributeDefinitions,
				indexes: properties.GlobalSecondaryIndexes,
				...(ttl !== undefined && { ttlAttribute: ttl }),
			};
			return [metadata("role"), table];
		}),
	);
}

export type Queue = {
	readonly name: string;
	readonly url: string;
	readonly arn: string;
	readonly attributes: Readonly<Record<string, string>>;
};

const queueProperties = z.object({
	QueueName: z.string(),
	VisibilityTimeout: z.number().optional(),
	MessageRetentionPeriod: z.number().optional(),
	DelaySeconds: z.number().optional(),
	ReceiveMessageWaitTimeSeconds: z.number().optional(),
	RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() }).optional(),
	FifoQueue: z.undefined("the local stack does not create FIFO queues").optional(),
});

export function readQueues(template: Template, references: References): Readonly<Record<string, Queue>> {
	const found = readResources(template, references, "AWS::SQS::Queue", queueProperties);
	return Object.fromEntries(
		found.map(({ id, properties, metadata }) => {
			const { QueueName: name, ...settings } = properties;
			const given = Object.entries(settings).filter(([, value]) => value !== undefined);
			const attributes = Object.fromEntries(
				given.map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]),
			);
			return [metadata("role"), { name, url: references.ref(id), arn: references.attribute(id, "Arn"), attributes }];
		}),
	);
}
