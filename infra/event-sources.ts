import { EventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { lanes } from "#shared/domain/message/lanes.ts";
import { deadLettersConcurrencyMax } from "./concurrency.ts";
import type { Functions } from "./functions.ts";
import type { Queues } from "./queues.ts";
import type { Stage } from "./stage.ts";

export type EventSourcesProps = { readonly stage: Stage; readonly functions: Functions; readonly queues: Queues };

/**
 * The event source mappings of the queues. Only the failed entries of a batch return to their queue. There is no batching window,
 * which would delay reports.
 */
export class EventSources extends Construct {
	constructor(scope: Construct, id: string, { stage, functions, queues }: EventSourcesProps) {
		super(scope, id);
		const {
			receiptsConcurrencyMax,
			reportsConcurrencyMax,
			incomingConcurrencyMax,
			dueShardsConcurrencyMax,
			dueShardsBatchSize,
		} = stage.sizes;
		const eventSources = {
			receipts: { batchSize: 10, maxConcurrency: receiptsConcurrencyMax, pair: queues.receipts },
			reports: { batchSize: 10, maxConcurrency: reportsConcurrencyMax, pair: queues.reports },
			incoming: { batchSize: 10, maxConcurrency: incomingConcurrencyMax, pair: queues.incoming },
			"check-due": { batchSize: dueShardsBatchSize, maxConcurrency: dueShardsConcurrencyMax, pair: queues.dueShards },
		} as const;
		for (const { name } of lanes) {
			new EventSourceMapping(this, `dead-${name}`, {
				target: functions.byEntry["lane-dead-letters"].live,
				eventSourceArn: queues.lanes[name].dead.queueArn,
				batchSize: 10,
				maxConcurrency: deadLettersConcurrencyMax,
				reportBatchItemFailures: true,
			});
		}
		for (const [entry, { batchSize, maxConcurrency, pair }] of Object.entries(eventSources)) {
			new EventSourceMapping(this, entry, {
				target: functions.byEntry[entry as keyof typeof eventSources].live,
				eventSourceArn: pair.queue.queueArn,
				batchSize,
				maxConcurrency,
				reportBatchItemFailures: true,
			});
		}
	}
}
