import * as z from "zod";
import { type Operator, operators } from "../domain/message/operators.ts";
import { jsonText } from "./json-text.ts";

/** The bodies of queue entries. The process that reads an entry may be of another version than the one that wrote it. */

/** The Scheduler's heartbeat in each queue. By it the consumer's metrics show that it runs and how long entries wait. */
export const heartbeatBody = '{"heartbeat":true}';

const messageId = z.int().positive();
const operator = z.enum(operators as readonly [Operator, ...Operator[]]);

/** An entry of a lane, which gives it its operator and priority. */
export const laneEntryBody = jsonText.pipe(
	z.object({
		user_name: z.string(),
		message_ids: z.array(messageId).min(1),
		/** Absent for a first send. */
		kind: z.enum(["release", "again"]).exactOptional(),
		/** The dead entries that this one replaces: it may claim their messages. Entries of earlier versions have one id. */
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
		lone_checks: z.int().exactOptional(),
		receipts: z.array(
			z.object({
				smsc_id: z.string(),
				recipient: z.string(),
				state: z.string(),
				reason: z.string(),
				received_at: z.number(),
				text_id: z.string().exactOptional(),
				unswapped: z.string().exactOptional(),
				mask: z.string().exactOptional(),
				segments: z.int().exactOptional(),
			}),
		),
	}),
);
export type ReceiptsEntryBody = z.output<typeof receiptsEntryBody>;

export const interim = z.object({ status: z.enum(["SENT", "EN_ROUTE"]), at: z.number() });

export const reportsEntryBody = jsonText.pipe(
	z.object({
		report_batch: z.string(),
		user_name: z.string(),
		message_ids: z.array(messageId).min(1),
		/** Attempts before it was queued; absent from entries of earlier versions. */
		tries: z.int().min(0).default(0),
		interim: interim.exactOptional(),
		incoming: z.literal(true).exactOptional(),
	}),
);
export type ReportsEntryBody = z.output<typeof reportsEntryBody>;

export const dueShardEntryBody = jsonText.pipe(
	z.object({
		slot: z.int().positive(),
		shard: z.int().min(0),
		/** The last row of the previous check. An earlier version ignores it and starts with the first remaining row. */
		after: z.string().exactOptional(),
	}),
);
export type DueShardEntryBody = z.output<typeof dueShardEntryBody>;
