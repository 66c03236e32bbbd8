import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "#shared/clock.ts";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";

/** An entry's receipt handle, and its receive count, this time included. */
export type ReceiveInfo = { readonly handle: string; readonly receives: number };

export type Consumer = {
	readonly consumer: string;
	readonly log: Log;
	readonly metrics: Metrics;
	readonly now: Clock;
};

/**
 * A queue's handler that processes its entries together, which saves calls. If that fails, it processes each alone, so that one
 * bad entry does not stop the others. SQS delivers failed and malformed entries again.
 */
export function batchQueueHandler<Entry>(
	{ log, ...consumer }: Consumer,
	read: (body: string, receiveInfo: ReceiveInfo) => Entry,
	work: (entries: readonly Entry[]) => Promise<void>,
) {
	return countingFailures({ log, ...consumer }, async (Records) => {
		const failed: SQSRecord[] = [];
		const entries = new Map<SQSRecord, Entry>();
		for (const record of Records) {
			if (!succeeds(log, () => entries.set(record, read(record.body, receiveInfoOf(record))))) failed.push(record);
		}
		try {
			await work([...entries.values()]);
		} catch (error) {
			log.warn("entries.failed", { entries: entries.size, err: error });
			for (const record of entries.keys()) {
				/* The failed attempt may have done most of its steps, so this one must count as a redelivery. */
				const receiveInfo = receiveInfoOf(record);
				const redelivered = read(record.body, { ...receiveInfo, receives: receiveInfo.receives + 1 });
				await work([redelivered]).catch((cause: unknown) => {
					log.error("entry.failed", { err: cause });
					failed.push(record);
				});
			}
		}
		return failed;
	});
}

/**
 * A queue's handler that processes each entry separately, all at once.
 * @param work returns whether the entry is done; if not, or if it throws, SQS delivers the entry again.
 */
export function entryQueueHandler<Entry>(
	consumer: Consumer,
	read: (body: string, receiveInfo: ReceiveInfo) => Entry,
	work: (entry: Entry) => Promise<boolean>,
) {
	return countingFailures(consumer, async (Records) => {
		const done = await Promise.all(
			Records.map(async (record) => {
				try {
					return await work(read(record.body, receiveInfoOf(record)));
				} catch (error) {
					consumer.log.error("entry.failed", { err: error });
					return false;
				}
			}),
		);
		return Records.filter((_, index) => !done[index]);
	});
}

/** Counts failed entries, because Lambda's own metrics do not if the function reports them. Measures and drops heartbeats. */
function countingFailures(
	{ consumer, metrics, now }: Consumer,
	work: (records: readonly SQSRecord[]) => Promise<readonly SQSRecord[]>,
) {
	return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
		const heartbeats = Records.filter(({ body }) => body === heartbeatBody);
		for (const { attributes } of heartbeats) {
			metrics.count("Heartbeats", 1, consumer);
			metrics.measure("QueueWait", Math.max(0, now() - Number(attributes.SentTimestamp)), consumer);
		}
		const others = Records.filter(({ body }) => body !== heartbeatBody);
		const failed = others.length === 0 ? [] : await work(others);
		if (failed.length > 0) metrics.count("EntriesFailed", failed.length, consumer);
		return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
	};
}

function receiveInfoOf({ receiptHandle, attributes }: SQSRecord): ReceiveInfo {
	return { handle: receiptHandle, receives: Number(attributes.ApproximateReceiveCount) };
}

function succeeds(log: Log, step: () => unknown): boolean {
	try {
		step();
		return true;
	} catch (error) {
		log.error("entry.malformed", { err: error });
		return false;
	}
}
