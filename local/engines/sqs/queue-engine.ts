import type { Message } from "@aws-sdk/client-sqs";
import { unsupported } from "#local/wire/unsupported.ts";
import { type Partial, whole } from "../partial.ts";
import { receivedMessage } from "./entries.ts";
import { entryOperations } from "./entry-operations.ts";
import { sqsErrors } from "./errors.ts";
import type { EngineQueues, QueueEngineOptions } from "./operations.ts";
import { type MemoryQueue, memoryQueue, type QueuedEntry, type QueueSettings } from "./queue.ts";
import { queueOperations } from "./queue-operations.ts";

/**
 * SQS standard queues in memory, as far as the gateway uses them. A state machine without timers: each call passes the time. The
 * next call on a queue applies its retention.
 */
export type QueueEngine = {
	/**
	 * Returns the visible entries. The caller waits for a long poll. @param operation the command's name without
	 * `Command`. @throws ServiceError if the service refuses the call; Unsupported if the engine does not know what is asked.
	 */
	execute(operation: string, input: object, now: number, partial?: Partial): object;
	/** ReceiveMessage with all attributes, for an event source mapping, which collects more than ten entries. */
	receiveFor(queueUrl: string, now: number, max: number): readonly Message[];
	/**
	 * The next instant after `now` at which an entry of this queue becomes visible; undefined if none waits. A call may
	 * also make entries visible at once: ask again after each call on the queue.
	 */
	nextVisibleAt(queueUrl: string, now: number): number | undefined;
	queue(queueUrl: string): MemoryQueue;
	entries(
		queueUrl: string,
	): Iterable<QueuedEntry & { readonly receives: number; readonly visibleAt: number; readonly sentAt: number }>;
	addQueue(queue: QueueSettings): MemoryQueue;
	/** All entries of all queues are lost. Nothing is reported. */
	lose(): void;
};

export function queueEngine(all: readonly QueueSettings[], options: QueueEngineOptions): QueueEngine {
	const queues = new Map<string, MemoryQueue>();

	function at(url: string | undefined): MemoryQueue {
		const queue = queues.get(url ?? "");
		if (queue === undefined) throw url === undefined ? sqsErrors.missing("QueueUrl") : sqsErrors.noQueue();
		return queue;
	}

	function addQueue(settings: QueueSettings): MemoryQueue {
		if (queues.has(settings.url)) throw new Error(`there is a queue ${settings.url} already`);
		const queue = memoryQueue(settings, options, (entry, deadUrl, now) => {
			at(deadUrl).add({ ...entry, queueUrl: deadUrl, visibleAt: now, heldUntil: now }, now);
		});
		queues.set(settings.url, queue);
		return queue;
	}

	for (const settings of all) addQueue(settings);
	const known: EngineQueues = { all: queues, at, add: addQueue, options };
	const operations = { ...entryOperations(known), ...queueOperations(known) };

	return {
		execute(operation, input, now, partial = whole) {
			const run = operations[operation] ?? unsupported(`SQS's ${operation}`);
			return run(input, { now, partial });
		},
		receiveFor(queueUrl, now, max) {
			const queue = at(queueUrl);
			return queue.receive(max, queue.settings.visibilitySeconds, now).map((entry) => receivedMessage(entry, ["All"]));
		},
		nextVisibleAt: (queueUrl, now) => at(queueUrl).nextVisibleAt(now),
		queue: at,
		entries: (queueUrl) => at(queueUrl).entries.values(),
		addQueue,
		lose() {
			for (const queue of queues.values()) queue.clear();
		},
	};
}
