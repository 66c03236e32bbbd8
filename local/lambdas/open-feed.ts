import { setTimeout as wait } from "node:timers/promises";
import type { Feed } from "../template/plan-compute.ts";
import type { AwsJson } from "../wire/aws-json.ts";
import { doneOf } from "./done-of.ts";
import type { Outcome } from "./open-function.ts";
import { type Message, received, sqsEvent } from "./sqs-event.ts";

export type OpenFeed = {
	/** Polls no more and waits for the batches that are under way. */
	close(): Promise<void>;
};

export type FeedDeps = {
	/** In the name of the function, as AWS polls. */
	readonly sqs: AwsJson;
	readonly queueUrl: string;
	readonly invoke: (payload: string) => Promise<Outcome>;
};

/** Polls at once while batches come full. An idle queue has one long poll. */
const busyPolls = 4;
const pollSeconds = 20;
const pauseAfterErrorMs = 200;

/**
 * Feeds a function from its queue, as an event source mapping does: polls, invokes, deletes what is done. What is not done is
 * left alone, so it comes again when its visibility time-out is over, and goes to the dead letters when it came too often.
 */
export function openFeed(feed: Feed, deps: FeedDeps): OpenFeed {
	const poller = new Poller(feed, deps);
	poller.pump();
	return poller;
}

class Poller implements OpenFeed {
	readonly #feed: Feed;
	readonly #deps: FeedDeps;
	readonly #closing = new AbortController();
	readonly #running = new Set<Promise<void>>();
	#polls = 0;
	#busy = false;

	constructor(feed: Feed, deps: FeedDeps) {
		this.#feed = feed;
		this.#deps = deps;
	}

	/** Starts as many polls as are worth having. Each may become an invocation, so it takes that invocation's place. */
	pump(): void {
		const wanted = this.#busy ? busyPolls : 1;
		const free = this.#feed.concurrencyMax - this.#running.size - this.#polls;
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
		this.#busy = messages.length === this.#feed.batchSize;
		if (messages.length > 0) this.#run(messages);
		this.pump();
	}

	async #receive(): Promise<readonly Message[]> {
		const { signal } = this.#closing;
		try {
			const answer = await this.#deps.sqs(
				"ReceiveMessage",
				{
					QueueUrl: this.#deps.queueUrl,
					MaxNumberOfMessages: this.#feed.batchSize,
					WaitTimeSeconds: pollSeconds,
					MessageSystemAttributeNames: ["All"],
					MessageAttributeNames: ["All"],
				},
				signal,
			);
			return received.parse(answer).Messages;
		} catch (error) {
			if (signal.aborted) return [];
			console.error(JSON.stringify({ event: "poll.failed", queue: this.#feed.queueArn, error: String(error) }));
			await wait(pauseAfterErrorMs);
			return [];
		}
	}

	#run(messages: readonly Message[]): void {
		const batch = this.#batch(messages).finally(() => {
			this.#running.delete(batch);
			this.pump();
		});
		this.#running.add(batch);
	}

	async #batch(messages: readonly Message[]): Promise<void> {
		const outcome = await this.#deps.invoke(sqsEvent(this.#feed, messages));
		const done = doneOf(outcome, messages, this.#feed.partial);
		if (done.length === 0) return;
		const Entries = done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
		try {
			await this.#deps.sqs("DeleteMessageBatch", { QueueUrl: this.#deps.queueUrl, Entries });
		} catch (error) {
			// They come again, as they would if AWS lost the answer: consumers must bear that anyway.
			console.error(JSON.stringify({ event: "delete.failed", queue: this.#feed.queueArn, error: String(error) }));
		}
	}
}
