import type { SQSClient } from "@aws-sdk/client-sqs";
import { dueShardFrom, sqsDueShards } from "#shared/aws/sqs/sqs-due-shards.ts";
import { sendBodies } from "#shared/aws/sqs/sqs-entries.ts";
import { sqsIncoming } from "#shared/aws/sqs/sqs-incoming.ts";
import { type LaneUrls, sqsLanes, sqsReplacementLanes } from "#shared/aws/sqs/sqs-lanes.ts";
import { receiptBatchFrom, sqsReceipts } from "#shared/aws/sqs/sqs-receipts.ts";
import { reportBatchFrom, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { incomingEntryBody } from "#shared/contracts/incoming-entry.ts";
import { heartbeatBody, laneEntryBody } from "#shared/contracts/queue-entries.ts";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import type { MoPart } from "#shared/domain/incoming/mo-part.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import type { QueuedReportBatch } from "#shared/domain/reports/report-batches.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { queueOfEntries } from "./memory-aws.ts";

/** A kind of queue entry: how the code sends it, and how it reads its body. */
export type SampleEntry = {
	readonly write: (client: SQSClient) => Promise<unknown>;
	readonly read: (body: string) => unknown;
	/** The code reads it, and does not send it yet: the next release will. */
	readonly isReadOnly?: true;
};

const at = mondayAtEleven;
const sendJob = { userName: "demo", operator: "kcell", priority: 2, messageIds: [1, 2] } as const;
const urls = Object.fromEntries(lanes.map(({ name }) => [name, queueOfEntries])) as LaneUrls;
const lanesOf = (client: SQSClient) => sqsLanes(client, client, urls, memoryLog());

const receipt: Receipt = { smscId: "a1", recipient: "77010000000", state: "DELIVRD", reason: "000", receivedAt: at };
const reportBatch = { reportBatchId: "batch", userName: "demo", messageIds: [1, 2], tries: 2 };
const part: MoPart = {
	partId: 5,
	operator: "kcell",
	sender: "77010000000",
	recipient: "1414",
	encoding: "ucs2",
	octets: "BEI=",
	place: null,
	arrivedAt: at,
	receivedAt: at,
};
const partGroup = { operator: "kcell", sender: part.sender, recipient: "1414", reference: 7, total: 2 } as const;

const lane = (write: SampleEntry["write"]): SampleEntry => ({ write, read: (body) => laneEntryBody.parse(body) });
const report = (one: QueuedReportBatch): SampleEntry => ({
	write: async (client) => await sqsReports(client, queueOfEntries).send([one]),
	read: reportBatchFrom,
});
const receipts = (redelivered: boolean): SampleEntry => ({
	write: async (client) =>
		await sqsReceipts(client, queueOfEntries).send([
			{ operator: "kcell", checks: 1, redelivered, receipts: [receipt] },
		]),
	read: (body) => receiptBatchFrom(body, 1),
});
const dueShard = (after?: string): SampleEntry => ({
	write: async (client) =>
		await sqsDueShards(client, queueOfEntries).send([{ slot: at, shard: 3, ...(after !== undefined && { after }) }]),
	read: dueShardFrom,
});
const incoming = (entry: IncomingEntry): SampleEntry => ({
	write: async (client) => await sqsIncoming(client, queueOfEntries).send([entry]),
	read: (body) => incomingEntryBody.parse(body),
});

/** Every kind of queue entry that the gateway sends. */
export const sampleEntries: Readonly<Record<string, SampleEntry>> = {
	"lane entry, first": lane(async (client) => await lanesOf(client).sendFirst([sendJob], 0)),
	"lane entry, release": lane(async (client) => await lanesOf(client).send([sendJob], "release")),
	"lane entry, again": lane(async (client) => await lanesOf(client).send([sendJob], "again")),
	"lane entry, for lost ones": lane(
		async (client) => await sqsReplacementLanes(client, urls).replace([{ sendJob, formerIds: ["one", "two"] }]),
	),
	receipts: receipts(false),
	"receipts, redelivered": receipts(true),
	"report batch": report(reportBatch),
	"report batch of interim reports": report({ ...reportBatch, interim: { status: "SENT", at } }),
	"report batch of subscribers' messages": report({ ...reportBatch, incoming: true }),
	"due shard": dueShard(),
	"due shard, the rest": dueShard("watch-1-2"),
	"subscribers' message": incoming({ kind: "parts", parts: [part] }),
	"subscribers' message, a part": incoming({
		kind: "parts",
		parts: [{ ...part, place: { reference: 7, total: 2, sequence: 1 } }],
	}),
	"subscribers' message, overdue": incoming({ kind: "overdue", of: partGroup }),
	"subscribers' message, unrouted": incoming({ kind: "unrouted", messageIds: [6] }),
	/* The template gives it to the Scheduler, and consumers compare it whole. */
	heartbeat: {
		write: async (client) => await sendBodies(client, queueOfEntries, [heartbeatBody], 0),
		read: (body) => body === heartbeatBody,
	},
};
