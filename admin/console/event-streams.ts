import type { ServerResponse } from "node:http";

/** Server-sent events. A topic is read for each page that watches it, and not at all while none does. */
export type EventStreams<Topic extends string> = {
	subscribe(topic: Topic, response: ServerResponse): void;
	close(): void;
};

/** @property read returns what is new since the last call, or null. The first call of a reader returns all. */
export type TopicSource = { readonly everyMs: number; readonly open: () => () => Promise<object | null> };

/** A browser that does not read is dropped. It connects again by itself. */
const unreadOctetsMax = 1_024 * 1_024;
const subscribersMax = 20;
const keepAliveMs = 15_000;

type Subscriber = { readonly response: ServerResponse; readonly stop: () => void };

export function openEventStreams<Topic extends string>(
	sources: Readonly<Record<Topic, TopicSource>>,
	onFailed: (topic: Topic, error: unknown) => void,
): EventStreams<Topic> {
	const subscribers = new Set<Subscriber>();

	function subscribe(topic: Topic, response: ServerResponse): void {
		for (const oldest of [...subscribers].slice(0, Math.max(0, subscribers.size - subscribersMax + 1))) oldest.stop();
		const stopping = new AbortController();
		const subscriber = { response, stop: () => stopping.abort() };
		subscribers.add(subscriber);
		response.on("close", subscriber.stop);
		stopping.signal.addEventListener("abort", () => {
			subscribers.delete(subscriber);
			response.end();
		});
		response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" }).flushHeaders();
		void feed(sources[topic], { response, signal: stopping.signal, stop: subscriber.stop }, (error) =>
			onFailed(topic, error),
		);
	}

	return {
		subscribe,
		close() {
			for (const { stop } of subscribers) stop();
		},
	};
}

type Fed = { readonly response: ServerResponse; readonly signal: AbortSignal; readonly stop: () => void };

async function feed(
	{ everyMs, open }: TopicSource,
	{ response, signal, stop }: Fed,
	onFailed: (error: unknown) => void,
): Promise<void> {
	const read = open();
	let sentAt = performance.now();
	while (!signal.aborted) {
		const line = await read().then(
			(data) => (data === null ? null : `data: ${JSON.stringify(data)}\n\n`),
			(error: unknown) => {
				onFailed(error);
				return "event: failed\ndata: {}\n\n";
			},
		);
		if (signal.aborted) return;
		const isIdle = performance.now() - sentAt > keepAliveMs;
		if (line !== null || isIdle) {
			response.write(line ?? ": \n\n");
			sentAt = performance.now();
		}
		if (response.writableLength > unreadOctetsMax) stop();
		await pauseUnlessAborted(everyMs, signal);
	}
}

async function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
