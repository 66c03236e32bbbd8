import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "#shared/clock.ts";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";

/** What SQS gave us with an entry: its handle, and how often it was received, this time included. */
export type ReceiveInfo = { readonly handle: string; readonly receives: number };

/** The function that consumes a queue, and what it reports of itself by. */
export type Consumer = {
	readonly consumer: string;
	readonly log: Log;
	readonly metrics: Metrics;
	readonly now: Clock;
};

/**
 * A handler of a queue that works its entries off together, for one call is then one call for all of them. Where that
 * fails it tries each alone, so that one that never can holds up none of its neighbours; those that fail come again.
 * @param read parses an entry's body; one that does not parse comes again until it rests in the dead letters.
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
				/* Perhaps all but the last step of it was done: whoever takes it up now is told that somebody had it before. */
				const receiveInfo = receiveInfoOf(record);
				const again = read(record.body, { ...receiveInfo, receives: receiveInfo.receives + 1 });
				await work([again]).catch((cause: unknown) => {
					log.error("entry.failed", { err: cause });
					failed.push(record);
				});
			}
		}
		return failed;
	});
}

/**
 * A handler of a queue that works each entry off for itself, side by side.
 * @param work gives whether the entry is done with; if not, or if it throws, it comes again.
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

/** Counts what fails: a function that names what failed has no errors in Lambda's own metrics. Heartbeats are measured, and done with. */
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
