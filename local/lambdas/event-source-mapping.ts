import { setTimeout as wait } from "node:timers/promises";
import type { EventSourceMapping } from "../template/plan-compute.ts";
import type { AwsJson } from "../wire/aws-json.ts";
import type { InvocationOutcome } from "./open-function.ts";
import { receiveAnswer, type SqsMessage, sqsEvent } from "./sqs-event.ts";
import { succeededMessages } from "./succeeded-messages.ts";

export type OpenEventSourceMapping = {
	close(): Promise<void>;
};

export type EventSourceMappingDeps = {
	/** Signs with the key of the function's role, as AWS polls with that role. */
	readonly sqs: AwsJson;
	readonly queueUrl: string;
	readonly invoke: (payload: string) => Promise<InvocationOutcome>;
};

/** Concurrent polls while batches are full. An idle queue has one long poll. */
const busyPolls = 4;
const pollSeconds = 20;
const pauseAfterErrorMs = 200;

/**
 * Feeds a function from its queue as Lambda does: polls, invokes, and deletes the entries that succeeded. Failed entries become
 * visible again after their visibility timeout, and move to the dead letters after too many receives.
 */
export function openEventSourceMapping(
	mapping: EventSourceMapping,
	deps: EventSourceMappingDeps,
): OpenEventSourceMapping {
	const poller = new Poller(mapping, deps);
	poller.pump();
	return poller;
}

class Poller implements OpenEventSourceMapping {
	readonly #mapping: EventSourceMapping;
	readonly #deps: EventSourceMappingDeps;
	readonly #closing = new AbortController();
	readonly #running = new Set<Promise<void>>();
	#polls = 0;
	#busy = false;

	constructor(mapping: EventSourceMapping, deps: EventSourceMappingDeps) {
		this.#mapping = mapping;
		this.#deps = deps;
	}

	/** Starts more polls if there is room. A poll counts against the concurrency limit, because it may become an invocation. */
	pump(): void {
		const wanted = this.#busy ? busyPolls : 1;
		const free = this.#mapping.concurrencyMax - this.#running.size - this.#polls;
		const more = Math.min(wanted - this.#polls, free);
		for (let started = 0; started < more && !this.#closing.signal.aborted; started++) void this.#poll();
	}

	async close(): Promise<void> {
		this.#closing.abort();
		await Promise.all(this.#running);
	}

	async #poll(): Promise<void> {
		this.#polls++;
		const messages = await this.#receive();
		this.#polls--;
		this.#busy = messages.length === this.#mapping.batchSize;
		if (messages.length > 0) this.#run(messages);
		this.pump();
	}

	async #receive(): Promise<readonly SqsMessage[]> {
		const { signal } = this.#closing;
		try {
			const answer = await this.#deps.sqs(
				"ReceiveMessage",
				{
					QueueUrl: this.#deps.queueUrl,
					MaxNumberOfMessages: this.#mapping.batchSize,
					WaitTimeSeconds: pollSeconds,
					MessageSystemAttributeNames: ["All"],
					MessageAttributeNames: ["All"],
				},
				signal,
			);
			return receiveAnswer.parse(answer).Messages;
		} catch (error) {
			if (signal.aborted) return [];
			console.error(JSON.stringify({ event: "poll.failed", queue: this.#mapping.queueArn, error: String(error) }));
			await wait(pauseAfterErrorMs);
			return [];
		}
	}

	#run(messages: readonly SqsMessage[]): void {
		const batch = this.#batch(messages).finally(() => {
			this.#running.delete(batch);
			this.pump();
		});
		this.#running.add(batch);
	}

	async #batch(messages: readonly SqsMessage[]): Promise<void> {
		const outcome = await this.#deps.invoke(sqsEvent(this.#mapping, messages));
		const done = succeededMessages(outcome, messages, this.#mapping.reportsItemFailures);
		if (done.length === 0) return;
		const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
		try {
			await this.#deps.sqs("DeleteMessageBatch", { QueueUrl: this.#deps.queueUrl, Entries });
		} catch (error) {
			// The entries are delivered again, as if AWS had lost the answer: consumers must handle that anyway.
			console.error(JSON.stringify({ event: "delete.failed", queue: this.#mapping.queueArn, error: String(error) }));
		}
	}
}
