import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSqs, type Sqs } from "#local/engines/sqs/open-sqs.ts";
import { openEventSourceMapping } from "#local/lambdas/event-source-mapping.ts";
import type { InvocationOutcome } from "#local/lambdas/open-function.ts";
import { account } from "#local/template/local-references.ts";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";

const region = "eu-central-1";
let engine: Sqs;
let sqs: AwsJson;
let made = 0;

beforeAll(async () => {
	engine = await openSqs({ region, log: () => undefined });
	sqs = awsJson("sqs", engine.url, region);
});

afterAll(() => engine.close());

const eventually = async (holds: () => unknown) => await vi.waitFor(holds, { timeout: 15_000 });

type Record = {
	readonly messageId: string;
	readonly body: string;
	readonly attributes: { ApproximateReceiveCount: string };
};
type Batch = readonly Record[];

/**
 * A queue whose entries become visible again after a second and are dead letters after two receives, and an event
 * source mapping that feeds `consume` from it.
 */
async function aMappedQueue(
	consume: (batch: Batch) => Promise<InvocationOutcome>,
	{ batchSize = 10, concurrencyMax = 5, reportsItemFailures = true } = {},
) {
	made++;
	const name = `queue-${made}`;
	const arn = (queue: string) => `arn:aws:sqs:${region}:${account}:${queue}`;
	const url = (queue: string) => `${engine.url}/${account}/${queue}`;
	const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn(`${name}-dead`), maxReceiveCount: 2 });
	await sqs("CreateQueue", { QueueName: `${name}-dead` });
	await sqs("CreateQueue", { QueueName: name, Attributes: { VisibilityTimeout: "1", RedrivePolicy } });
	const batches: Batch[] = [];
	const mapping = openEventSourceMapping(
		{ queueArn: arn(name), functionName: "f", batchSize, concurrencyMax, reportsItemFailures },
		{
			sqs,
			queueUrl: url(name),
			invoke: async (payload) => {
				const { Records } = JSON.parse(payload) as { readonly Records: Batch };
				batches.push(Records);
				return await consume(Records);
			},
		},
	);
	const countIn = async (queue: string) => {
		const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
		const { Attributes } = await sqs("GetQueueAttributes", { QueueUrl: url(queue), AttributeNames: names });
		return Object.values(Attributes as object).reduce((sum: number, count) => sum + Number(count), 0);
	};
	return {
		mapping,
		batches,
		left: async () => await countIn(name),
		dead: async () => await countIn(`${name}-dead`),
		send: async (...bodies: string[]) =>
			await sqs("SendMessageBatch", {
				QueueUrl: url(name),
				Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
			}),
	};
}

const returned = (value: unknown): InvocationOutcome => ({ kind: "returned", payload: JSON.stringify(value) });
const bodiesOf = (batches: readonly Batch[]) => batches.flat().map(({ body }) => body);

describe.concurrent("a queue's consumer", () => {
	it("gets entries as Lambda's poller passes them, and handled entries are deleted", async () => {
		const { mapping, send, batches, left } = await aMappedQueue(async () => returned({ batchItemFailures: [] }));

		await send("a", "b");

		await eventually(async () => {
			expect(bodiesOf(batches).sort()).toEqual(["a", "b"]);
			expect(await left()).toBe(0);
		});
		expect(batches[0]?.[0]).toMatchObject({
			messageId: expect.any(String),
			receiptHandle: expect.any(String),
			attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.any(String) },
			eventSource: "aws:sqs",
			eventSourceARN: expect.stringContaining(":queue-"),
			awsRegion: region,
		});
		await mapping.close();
	});

	it("gets only the entries again that it reported as failed, until they are dead letters", async () => {
		const { mapping, send, batches, left, dead } = await aMappedQueue(async (batch) =>
			returned({
				batchItemFailures: batch
					.filter(({ body }) => body === "bad")
					.map(({ messageId }) => ({ itemIdentifier: messageId })),
			}),
		);

		await send("good", "bad", "fine");

		await eventually(async () => expect([await left(), await dead()]).toEqual([0, 1]));
		expect(bodiesOf(batches).sort()).toEqual(["bad", "bad", "fine", "good"]);
		await mapping.close();
	});

	it.each([
		["throws", { kind: "failed", errorType: "Error", errorMessage: "no" } as InvocationOutcome],
		["returns a malformed response", returned({ batchItemFailures: [{ itemIdentifier: "" }] })],
		["reports an entry that it was not given", returned({ batchItemFailures: [{ itemIdentifier: "unknown" }] })],
	])("that %s gets the whole batch again", async (_, outcome) => {
		const { mapping, send, batches, left, dead } = await aMappedQueue(async () => outcome);

		await send("a", "b");

		await eventually(async () => expect([await left(), await dead()]).toEqual([0, 2]));
		expect(bodiesOf(batches).sort()).toEqual(["a", "a", "b", "b"]);
		await mapping.close();
	});

	it("without partial responses succeeds with the whole batch by returning", async () => {
		const everyFailed = async (batch: Batch) =>
			returned({ batchItemFailures: batch.map(({ messageId }) => ({ itemIdentifier: messageId })) });
		const { mapping, send, left, dead, batches } = await aMappedQueue(everyFailed, { reportsItemFailures: false });

		await send("a", "b");

		await eventually(async () => {
			expect(bodiesOf(batches)).toHaveLength(2);
			expect([await left(), await dead()]).toEqual([0, 0]);
		});
		await mapping.close();
	});

	it("never has more batches at once than its limit, and still gets every entry", async () => {
		let running = 0;
		let most = 0;
		const { mapping, send, left, batches } = await aMappedQueue(
			async () => {
				running++;
				most = Math.max(most, running);
				await sqs("ListQueues", {});
				running--;
				return returned(null);
			},
			{ batchSize: 1, concurrencyMax: 2 },
		);

		for (let sent = 0; sent < 5; sent++) await send(..."abcdefghij");

		await eventually(async () => expect(await left()).toBe(0));
		expect(new Set(batches.flat().map(({ messageId }) => messageId)).size).toBe(50);
		expect(most).toBeLessThanOrEqual(2);
		await mapping.close();
	});

	it("finishes its current batch before the mapping closes", async () => {
		let finish: (outcome: InvocationOutcome) => void = () => undefined;
		const outcome = new Promise<InvocationOutcome>((resolve) => {
			finish = resolve;
		});
		const { mapping, send, batches, left } = await aMappedQueue(async () => await outcome, { concurrencyMax: 1 });
		await send("a");
		await eventually(() => expect(batches).toHaveLength(1));

		const closed = mapping.close();
		finish(returned(null));
		await closed;

		expect(await left()).toBe(0);
	});
});

describe("the queue engine", () => {
	it("gives nothing to a long poll whose connection has closed", async () => {
		const QueueUrl = `${engine.url}/${account}/abandoned`;
		await sqs("CreateQueue", { QueueName: "abandoned", Attributes: { VisibilityTimeout: "600" } });
		const gone = new AbortController();
		const poll = sqs("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 }, gone.signal);
		await sqs("ListQueues", {});
		gone.abort();
		await expect(poll).rejects.toThrow();
		await sqs("ListQueues", {});

		await sqs("SendMessage", { QueueUrl, MessageBody: "kept" });

		await eventually(async () => {
			const { Messages } = await sqs("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 1 });
			expect(Messages).toMatchObject([{ Body: "kept" }]);
		});
	});
});
