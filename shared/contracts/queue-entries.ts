import * as z from "zod";
import { type Operator, operators } from "../domain/message/operators.ts";
import { jsonText } from "./json-text.ts";

/** The bodies of our queues' entries: written by one of our processes, read by another, perhaps of another version. */

/** What the Scheduler puts into a queue now and then, so that its consumer shows that it lives and how long entries wait. */
export const heartbeatBody = '{"heartbeat":true}';

const messageId = z.int().positive();
const operator = z.enum(operators as readonly [Operator, ...Operator[]]);

/** A lane's entry. Its operator and priority are its lane's. */
export const laneEntryBody = jsonText.pipe(
	z.object({
		user_name: z.string(),
		message_ids: z.array(messageId).min(1),
		/** Left out where it is the first send. */
		kind: z.enum(["release", "again"]).exactOptional(),
		/** The dead entries that this one goes on for: what they hold, it may claim. Entries of earlier versions name one. */
		entry_id: z.union([z.string(), z.array(z.string())]).exactOptional(),
	}),
);
export type LaneEntryBody = z.output<typeof laneEntryBody>;

export const receiptsEntryBody = jsonText.pipe(
	z.object({
		operator,
		checks: z.int().min(0),
		/** An earlier entry of these receipts was received more than once. */
		redelivered: z.literal(true).exactOptional(),
		receipts: z.array(
			z.object({
				smsc_id: z.string(),
				recipient: z.string(),
				state: z.string(),
				reason: z.string(),
				received_at: z.number(),
			}),
		),
	}),
);
export type ReceiptsEntryBody = z.output<typeof receiptsEntryBody>;

/** What is told of messages that have not ended. */
export const interim = z.object({ status: z.enum(["SENT", "EN_ROUTE"]), at: z.number() });

export const reportsEntryBody = jsonText.pipe(
	z.object({
		report_batch: z.string(),
		user_name: z.string(),
		message_ids: z.array(messageId).min(1),
		/** How often it was tried before it was queued; entries of earlier versions do not say. */
		tries: z.int().min(0).default(0),
		interim: interim.exactOptional(),
		/** The ids are of messages from subscribers. */
		incoming: z.literal(true).exactOptional(),
	}),
);
export type ReportsEntryBody = z.output<typeof reportsEntryBody>;

export const dueShardEntryBody = jsonText.pipe(
	z.object({
		slot: z.int().positive(),
		shard: z.int().min(0),
		/** Where an earlier look ended. A version that does not know it begins with the first rows that are left. */
		after: z.string().exactOptional(),
	}),
);
export type DueShardEntryBody = z.output<typeof dueShardEntryBody>;
