import * as z from "zod";
import { errorTexts } from "../../domain/message/error-codes.ts";
import { batchBody } from "../batch-body.ts";
import { messageBody, refusedFields } from "../message-body.ts";
import {
	batchFields,
	batchSummaryFields,
	batchWithdrawalFields,
	historyEventFields,
	messageFields,
	messageHistoryFields,
	readFields,
} from "./fields.ts";
import * as read from "./read-schemas.ts";

const named = {
	MessageToSend: messageBody,
	BatchToSend: batchBody,
	Message: read.message,
	MessageWithSegments: read.messageWithSegments,
	MessageWithHistory: read.messageWithHistory,
	HistoryEvent: read.historyEvent,
	Segment: read.segment,
	Batch: read.batch,
	BatchSummary: read.batchSummary,
	BatchWithdrawal: read.batchWithdrawal,
	SenderNames: read.senderNames,
	SendersWithDetails: read.sendersWithDetails,
	Stats: read.userStatistics,
	CreatedMessage: read.createdMessage,
	CreatedBatch: read.createdBatch,
	TriedMessage: read.triedMessage,
	TriedBatch: read.triedBatch,
	Problem: read.problem,
	RefusedMessage: read.messageProblem,
	DeliveryReports: read.deliveryReports,
	Report: read.report,
	IncomingMessage: read.incomingMessage,
	IncomingMessages: read.incomingMessages,
	IncomingReports: read.incomingReports,
	Status: read.status,
	ErrorCode: read.errorCode,
	TimeBounds: read.timeBounds,
	RoutingCode: read.rnCode,
} as const satisfies Record<string, z.ZodType>;

export type SchemaName = keyof typeof named;

export type Json = Record<string, unknown>;

export const refTo = (name: SchemaName): Json => ({ $ref: `#/components/schemas/${name}` });

const fieldDescriptions: Partial<Record<SchemaName, Readonly<Record<string, Json>>>> = {
	MessageToSend: messageFields,
	BatchToSend: { ...batchFields, messages: { ...batchFields.messages, items: refTo("MessageToSend") } },
	BatchSummary: batchSummaryFields,
	BatchWithdrawal: batchWithdrawalFields,
	Message: readFields,
	MessageWithSegments: readFields,
	MessageWithHistory: { ...readFields, ...messageHistoryFields },
	HistoryEvent: historyEventFields,
	Report: readFields,
};

const descriptions: Partial<Record<SchemaName, string>> = {
	ErrorCode: Object.entries(errorTexts)
		.map(([code, text]) => `- \`${code}\` ${text}`)
		.join("\n"),
	RoutingCode: "The operator of the number: 01 Beeline, 02 Kcell and Activ, 07 Altel, 77 Tele2.",
	Stats:
		"The counts of each period in which there were any, oldest first. Each step of a message counts in the period in which it happened. The last seconds may be missing. `period` is the beginning of an hour, a day, or a month. `failed` has all messages that ended in another way than DELIVERED or ACCEPTED. `unreported` are ends whose report is wanted and not confirmed: not yet, given up, or there is no webhook.",
	Status: "NEW, SENT and EN_ROUTE are interim. All other statuses are final.",
	TriedBatch:
		"What would become of the batch. `accepted_count` and `segment_count` are of the messages that would be sent. `refused` lists the others: those that would be refused, and those that would end at once because their window opens after their expiry (code 22). If an equal batch was accepted before, the answer has its `batch_id` and no counts.",
	TriedMessage:
		"What would become of the message. If an equal one was accepted before, the answer has its `message_id` alone.",
	TimeBounds:
		"The hours in which the message may be delivered, in Almaty time: `def` Mon–Fri 9–18, `wd99` Mon–Fri 9–21, `wd911` Mon–Fri 9–23, `ad96` daily 9–18, `ad99` daily 9–21, `ad911` daily 9–23, `full` at any time.",
};

/** The document's schemas as JSON Schema: those that validate requests, and those that describe answers. */
export function schemas(): Readonly<Record<string, Json>> {
	const registry = z.registry<{ id: string }>();
	for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
	const made = z.toJSONSchema(registry, {
		io: "input",
		uri: (id) => `#/components/schemas/${id}`,
		override: ({ zodSchema, jsonSchema }) => unwrap(zodSchema, jsonSchema),
	});
	return Object.fromEntries(
		Object.entries(made.schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [
			name,
			finished(name as SchemaName, schema),
		]),
	);
}

/** Replaces the wrapper of a field by the schema inside, with its error code, and marks the field as required if it is. */
function unwrap(schema: object, made: Json): void {
	const field = refusedFields.get(schema);
	if (field !== undefined) Object.assign(made, innerOf(field.schema), field.code && { "x-error-code": field.code });
	if (!(schema instanceof z.ZodObject)) return;
	const shape: Readonly<Record<string, object>> = schema.shape;
	const required = Object.keys(shape).filter((name) => {
		const inner = refusedFields.get(shape[name] ?? {});
		return inner !== undefined && !inner.schema.safeParse(undefined).success;
	});
	if (required.length > 0) made["required"] = [...((made["required"] as string[] | undefined) ?? []), ...required];
}

function innerOf(schema: z.ZodType): Json {
	const { $schema: _, ...inner } = z.toJSONSchema(schema, { io: "input" });
	return inner;
}

function finished(name: SchemaName, schema: Json): Json {
	const properties = schema["properties"] as Readonly<Record<string, Json>> | undefined;
	const description = descriptions[name];
	const fields = fieldDescriptions[name];
	return {
		...(description && { description }),
		...schema,
		...(properties && fields && { properties: withFields(properties, fields) }),
	};
}

function withFields(properties: Readonly<Record<string, Json>>, fields: Readonly<Record<string, Json>>): Json {
	return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, { ...schema, ...fields[name] }]));
}
