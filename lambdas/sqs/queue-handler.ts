import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Log } from "#shared/ports.ts";

/** What SQS gave us with an entry: its handle, and how often it was received, this time included. */
export type Delivered = { readonly handle: string; readonly receives: number };

/**
 * A handler of a queue that works its entries off together, for one call is then one call for all of them. Where that
 * fails it tries each alone, so that one that never can holds up none of its neighbours; those that fail come again.
 * @param read parses an entry's body; one that does not parse comes again until it rests in the dead letters.
 */
export function entriesTogether<Entry>(
	log: Log,
	read: (body: string, delivered: Delivered) => Entry,
	work: (entries: readonly Entry[]) => Promise<void>,
) {
	return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
		const failed: SQSRecord[] = [];
		const entries = new Map<SQSRecord, Entry>();
		for (const record of Records) {
			if (!tried(log, () => entries.set(record, read(record.body, deliveredOf(record))))) failed.push(record);
		}
		try {
			await work([...entries.values()]);
		} catch (error) {
			log.warn("entries.failed", { entries: entries.size, err: error });
			for (const record of entries.keys()) {
				/* Perhaps all but the last step of it was done: whoever takes it up now is told that somebody had it before. */
				const delivered = deliveredOf(record);
				const again = read(record.body, { ...delivered, receives: delivered.receives + 1 });
				await work([again]).catch((cause: unknown) => {
					log.error("entry.failed", { err: cause });
					failed.push(record);
				});
			}
		}
		return failures(failed);
	};
}

/**
 * A handler of a queue that works each entry off for itself, side by side.
 * @param work gives whether the entry is done with; if not, or if it throws, it comes again.
 */
export function entriesAlone<Entry>(
	log: Log,
	read: (body: string, delivered: Delivered) => Entry,
	work: (entry: Entry) => Promise<boolean>,
) {
	return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
		const done = await Promise.all(
			Records.map(async (record) => {
				try {
					return await work(read(record.body, deliveredOf(record)));
				} catch (error) {
					log.error("entry.failed", { err: error });
					return false;
				}
			}),
		);
		return failures(Records.filter((_, index) => !done[index]));
	};
}

function deliveredOf({ receiptHandle, attributes }: SQSRecord): Delivered {
	return { handle: receiptHandle, receives: Number(attributes.ApproximateReceiveCount) };
}

function tried(log: Log, step: () => unknown): boolean {
	try {
		step();
		return true;
	} catch (error) {
		log.error("entry.malformed", { err: error });
		return false;
	}
}

function failures(records: readonly SQSRecord[]): SQSBatchResponse {
	return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
