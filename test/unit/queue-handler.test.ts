import type { SQSEvent, SQSRecord } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { batchQueueHandler, type Consumer, entryQueueHandler } from "#lambdas/sqs/queue-handler.ts";
import { heartbeatBody } from "#shared/contracts/queue-entries.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

function aRecord(body: string, receives = 1): SQSRecord {
	return {
		messageId: `id-${body}`,
		receiptHandle: `handle-${body}`,
		body,
		attributes: {
			ApproximateReceiveCount: String(receives),
			SentTimestamp: "0",
			SenderId: "",
			ApproximateFirstReceiveTimestamp: "0",
		},
		messageAttributes: {},
		md5OfBody: "",
		eventSource: "aws:sqs",
		eventSourceARN: "arn",
		awsRegion: "local",
	};
}
const anEvent = (...bodies: readonly string[]): SQSEvent => ({ Records: bodies.map((body) => aRecord(body)) });
const failed = (...bodies: readonly string[]) => ({
	batchItemFailures: bodies.map((body) => ({ itemIdentifier: `id-${body}` })),
});

const aConsumer = (log = memoryLog(), metrics = memoryMetrics()) =>
	({ consumer: "reports", log, metrics, now: () => 7_000 }) as const;

const parse = (body: string): string => {
	if (body.startsWith("malformed")) throw new Error("malformed");
	return body;
};

describe("entries that are handled together", () => {
	it("are handled in one call", async () => {
		const works: (readonly string[])[] = [];
		const handler = batchQueueHandler(aConsumer(), parse, async (entries) => void works.push(entries));

		expect(await handler(anEvent("a", "b", "c"))).toEqual(failed());
		expect(works).toEqual([["a", "b", "c"]]);
	});

	it("are each handled alone after a failure, so that only the failing ones are redelivered", async () => {
		const works: (readonly string[])[] = [];
		const handler = batchQueueHandler(aConsumer(), parse, async (entries) => {
			works.push(entries);
			if (entries.includes("b")) throw new Error("b cannot be done");
		});

		expect(await handler(anEvent("a", "b", "c"))).toEqual(failed("b"));
		expect(works).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
	});

	it("are handled without an entry that does not parse", async () => {
		const works: (readonly string[])[] = [];
		const log = memoryLog();
		const handler = batchQueueHandler(aConsumer(log), parse, async (entries) => void works.push(entries));

		expect(await handler(anEvent("a", "malformed", "c"))).toEqual(failed("malformed"));
		expect(works).toEqual([["a", "c"]]);
		expect(log.events.map(({ event }) => event)).toEqual(["entry.malformed"]);
	});

	it("have their number of receives, and a second call counts as one: the first may have stopped half-way", async () => {
		const seen: (readonly number[])[] = [];
		const handler = batchQueueHandler(
			aConsumer(),
			(_, { receives }) => receives,
			async (entries) => {
				seen.push(entries);
				if (entries.length > 1) throw new Error("not together");
			},
		);

		await handler({ Records: [aRecord("a", 1), aRecord("b", 3)] });

		expect(seen).toEqual([[1, 3], [2], [4]]);
	});
});

describe("entries that are handled alone", () => {
	it("are redelivered when they are not done, or when they fail", async () => {
		const handler = entryQueueHandler(aConsumer(), parse, async (entry) => {
			if (entry === "throws") throw new Error("it cannot be done");
			return entry !== "later";
		});

		expect(await handler(anEvent("a", "later", "throws", "malformed", "b"))).toEqual(
			failed("later", "throws", "malformed"),
		);
	});

	it("do not wait for one another", async () => {
		const first = Promise.withResolvers<void>();
		const done: string[] = [];
		const handler = entryQueueHandler(aConsumer(), parse, async (entry) => {
			if (entry === "slow") await first.promise;
			done.push(entry);
			if (entry === "fast") first.resolve();
			return true;
		});

		await handler(anEvent("slow", "fast"));

		expect(done).toEqual(["fast", "slow"]);
	});

	it("have their handle, to extend their visibility", async () => {
		const handles: string[] = [];
		const handler = entryQueueHandler(
			aConsumer(),
			(_, { handle }) => handle,
			async (handle) => handles.push(handle) > 0,
		);

		await handler(anEvent("a"));

		expect(handles).toEqual(["handle-a"]);
	});
});

type Work = (entries: readonly string[]) => Promise<unknown>;
const together = (consumer: Consumer, work: Work) =>
	batchQueueHandler(consumer, parse, async (entries) => void (await work(entries)));
const alone = (consumer: Consumer, work: Work) =>
	entryQueueHandler(consumer, parse, async (entry) => {
		await work([entry]);
		return true;
	});

describe.each([
	["together", together],
	["alone", alone],
])("the consumer of entries that are handled %s", (_, handlerOf) => {
	it("counts failed entries, malformed ones included", async () => {
		const metrics = memoryMetrics();
		const handler = handlerOf(aConsumer(memoryLog(), metrics), async (entries) => {
			if (entries.includes("b")) throw new Error("b cannot be done");
		});

		await handler(anEvent("a"));
		expect(metrics.counted).toEqual({});
		await handler(anEvent("a", "b", "malformed"));
		expect(metrics.counted).toEqual({ "EntriesFailed reports": 2 });
	});

	it("counts a heartbeat entry, measures its wait, and handles the other entries", async () => {
		const metrics = memoryMetrics();
		const works: (readonly string[])[] = [];
		const handler = handlerOf(aConsumer(memoryLog(), metrics), async (entries) => works.push(entries));

		expect(await handler(anEvent("a", heartbeatBody))).toEqual(failed());
		expect(await handler(anEvent(heartbeatBody))).toEqual(failed());

		expect(works).toEqual([["a"]]);
		expect(metrics.counted).toEqual({ "Heartbeats reports": 2 });
		expect(metrics.measured).toEqual({ "QueueWait reports": [7_000, 7_000] });
	});
});
