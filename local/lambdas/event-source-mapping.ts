import { setTimeout as wait } from "node:timers/promises";
import type { EventSourceMapping } from "../template/plan-compute.ts";
import type { AwsJson } from "../wire/aws-json.ts";
import type { InvocationOutcome } from "./open-function.ts";
import { receiveAnswer, type SqsMessage, sqsEvent } from "./sqs-event.ts";
import { succeededMessages } from "./succeeded-messages.ts";

export type OpenEventSourceMapping = {
	/** Polls no more and waits for the batches that are under way. */
	close(): Promise<void>;
};

export type EventSourceMappingDeps = {
	/** In the name of the function, as AWS polls. */
	readonly sqs: AwsJson;
	readonly queueUrl: string;
	readonly invoke: (payload: string) => Promise<InvocationOutcome>;
};

/** Polls at once while batches come full. An idle queue has one long poll. */
const busyPolls = 4;
const pollSeconds = 20;
const pauseAfterErrorMs = 200;

/**
 * Feeds a function from its queue, as an event source mapping does: polls, invokes, deletes what is done. What is not done is
 * left alone, so it comes again when its visibility time-out is over, and goes to the dead letters when it came too often.
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

	/** Starts as many polls as are worth having. Each may become an invocation, so it takes that invocation's place. */
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
			// They come again, as they would if AWS lost the answer: consumers must bear that anyway.
			console.error(JSON.stringify({ event: "delete.failed", queue: this.#mapping.queueArn, error: String(error) }));
		}
	}
}
