import type { ServerResponse } from "node:http";
import { inOneLine } from "../errors.ts";

/** Server-sent events. A topic is read for each page that watches it, and not at all while none does. */
export type EventStreams<Topic extends string> = {
	subscribe(topic: Topic, response: ServerResponse): void;
	close(): void;
};

/** @property read returns what is new since the last call, or null. The first call of a reader returns all. */
export type TopicSource = { readonly everyMs: number; readonly open: () => () => Promise<object | null> };

export type EventStreamOptions = {
	/** Called when a topic begins to fail, and when it fails for another reason. */
	readonly onFailed: (topic: string, error: string) => void;
	/** A browser that has not taken the last event after this time is dropped. It connects again by itself. */
	readonly takeWithinMs?: number;
};

const subscribersMax = 20;
const keepAliveMs = 15_000;
const usualTakeWithinMs = 30_000;

type Subscriber = { readonly response: ServerResponse; readonly stop: () => void };

export function openEventStreams<Topic extends string>(
	sources: Readonly<Record<Topic, TopicSource>>,
	{ onFailed, takeWithinMs = usualTakeWithinMs }: EventStreamOptions,
): EventStreams<Topic> {
	const subscribers = new Set<Subscriber>();
	/* Each page that watches a topic meets the same failure. */
	const failures = new Map<Topic, string>();

	function note(topic: Topic, failure: string | null): void {
		const isNew = failure !== null && failures.get(topic) !== failure;
		if (failure === null) failures.delete(topic);
		else failures.set(topic, failure);
		if (isNew) onFailed(topic, failure);
	}

	function subscribe(topic: Topic, response: ServerResponse): void {
		for (const oldest of [...subscribers].slice(0, Math.max(0, subscribers.size - subscribersMax + 1))) oldest.stop();
		const stopping = new AbortController();
		const subscriber = { response, stop: () => stopping.abort() };
		subscribers.add(subscriber);
		response.on("close", subscriber.stop);
		stopping.signal.addEventListener("abort", () => {
			subscribers.delete(subscriber);
			/* An end would wait until the browser has read everything. */
			response.destroy();
		});
		response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).flushHeaders();
		const fed = { response, signal: stopping.signal, stop: subscriber.stop, takeWithinMs };
		void feed(sources[topic], fed, (failure) => note(topic, failure));
	}

	return {
		subscribe,
		close() {
			for (const { stop } of subscribers) stop();
		},
	};
}

type Fed = {
	readonly response: ServerResponse;
	readonly signal: AbortSignal;
	readonly stop: () => void;
	readonly takeWithinMs: number;
};

async function feed(
	{ everyMs, open }: TopicSource,
	{ response, signal, stop, takeWithinMs }: Fed,
	note: (failure: string | null) => void,
): Promise<void> {
	const read = open();
	let sentAt = performance.now();
	let hasFailed = false;
	while (!signal.aborted) {
		const { line, failure } = await read().then(
			(data) => ({ line: lineOf(data, hasFailed), failure: null }),
			(error: unknown) => {
				const text = inOneLine(error);
				return { line: `event: failed\ndata: ${JSON.stringify({ error: text })}\n\n`, failure: text };
			},
		);
		if (signal.aborted) return;
		note(failure);
		hasFailed = failure !== null;
		const isIdle = performance.now() - sentAt > keepAliveMs;
		if (line !== null || isIdle) {
			const isTaken = response.write(line ?? ": \n\n") || (await drained(response, signal, takeWithinMs));
			if (!isTaken) return stop();
			sentAt = performance.now();
		}
		await pauseUnlessAborted(everyMs, signal);
	}
}

/** A topic that can be read again without news says so. */
function lineOf(data: object | null, hasFailed: boolean): string | null {
	if (data !== null) return `data: ${JSON.stringify(data)}\n\n`;
	return hasFailed ? "event: recovered\ndata: {}\n\n" : null;
}

/** Whether the browser takes what was written within this time. */
async function drained(response: ServerResponse, signal: AbortSignal, withinMs: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const timer = setTimeout(() => end(false), withinMs);
		const end = (isTaken: boolean) => {
			clearTimeout(timer);
			resolve(isTaken);
		};
		response.once("drain", () => end(true));
		signal.addEventListener("abort", () => end(false), { once: true });
	});
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal.removeEventListener("abort", end);
			resolve();
		};
		const timer = setTimeout(end, ms);
		signal.addEventListener("abort", end);
	});
}
