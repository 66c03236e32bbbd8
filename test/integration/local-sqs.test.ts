import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LmdbStore, openLmdbStore } from "#local/engines/lmdb-store.ts";
import { openSqs, type Sqs } from "#local/engines/sqs/open-sqs.ts";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";

const region = "eu-central-1";
let folder: string;
let store: LmdbStore;
let engine: Sqs;
let call: AwsJson;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), "smsgw-sqs-"));
	await open();
});
afterEach(async () => {
	await close();
	rmSync(folder, { recursive: true });
});

async function open(): Promise<void> {
	const onBroken = (error: unknown) => expect.fail(String(error));
	store = await openLmdbStore({ folder, isDurable: true, onBroken });
	engine = await openSqs({ region, store, log: () => undefined });
	call = awsJson("sqs", engine.url, region);
}

async function close(): Promise<void> {
	engine.close();
	await store.close();
}

type Received = {
	readonly Body: string;
	readonly ReceiptHandle: string;
	readonly Attributes?: Readonly<Record<string, string>>;
};

async function aQueue(QueueName: string, Attributes = {}): Promise<string> {
	const { QueueUrl } = await call("CreateQueue", { QueueName, Attributes });
	return String(QueueUrl);
}

async function receive(QueueUrl: string, more: object = {}): Promise<readonly Received[]> {
	const { Messages = [] } = await call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, ...more });
	return Messages as readonly Received[];
}

const bodies = (received: readonly Received[]) => received.map(({ Body }) => Body);

describe("a long poll of the local SQS", () => {
	it("is answered as soon as an entry is sent", async () => {
		const QueueUrl = await aQueue("sent");
		const polls = [receive(QueueUrl, { WaitTimeSeconds: 20 }), receive(QueueUrl, { WaitTimeSeconds: 20 })];
		await wait(50);

		await call("SendMessage", { QueueUrl, MessageBody: "first" });
		await call("SendMessage", { QueueUrl, MessageBody: "second" });

		expect((await Promise.all(polls)).map(bodies)).toEqual([["first"], ["second"]]);
	});

	it("is answered when an entry becomes visible: after its delay, or when it is released", async () => {
		const QueueUrl = await aQueue("released");
		await call("SendMessage", { QueueUrl, MessageBody: "delayed", DelaySeconds: 1 });
		expect(bodies(await receive(QueueUrl))).toEqual([]);

		const [delayed] = await receive(QueueUrl, { WaitTimeSeconds: 20, VisibilityTimeout: 600 });
		const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
		await call("ChangeMessageVisibilityBatch", {
			QueueUrl,
			Entries: [{ Id: "0", ReceiptHandle: delayed?.ReceiptHandle, VisibilityTimeout: 0 }],
		});

		expect(bodies(await poll)).toEqual(["delayed"]);
	});

	it("is answered without entries at its end", async () => {
		const QueueUrl = await aQueue("empty", { ReceiveMessageWaitTimeSeconds: "1" });
		const startedAt = performance.now();

		expect(await receive(QueueUrl)).toEqual([]);
		expect(performance.now() - startedAt).toBeGreaterThan(900);
	});

	it("gets no entry after its client has gone", async () => {
		const QueueUrl = await aQueue("gone");
		const gone = new AbortController();
		const poll = call("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 }, gone.signal);
		await wait(50);
		gone.abort();
		await expect(poll).rejects.toThrow();
		await wait(50);

		await call("SendMessage", { QueueUrl, MessageBody: "x" });

		expect(bodies(await receive(QueueUrl))).toEqual(["x"]);
	});
});

describe("the local SQS with a store", () => {
	it("has its queues and entries after a restart, with their groups, ages and settings", async () => {
		const dead = await aQueue("kept-dead");
		const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:kept-dead`;
		const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
		const QueueUrl = await aQueue("kept", { RedrivePolicy, VisibilityTimeout: "600" });
		await call("SendMessageBatch", {
			QueueUrl,
			Entries: [
				{ Id: "0", MessageBody: "one", MessageGroupId: "g" },
				{ Id: "1", MessageBody: "two", MessageGroupId: "g" },
				{ Id: "2", MessageBody: "gone", MessageGroupId: "g" },
				{ Id: "3", MessageBody: "later", DelaySeconds: 600 },
			],
		});
		const before = await receive(QueueUrl, { MessageSystemAttributeNames: ["All"] });
		const gone = before.find(({ Body }) => Body === "gone");
		await call("DeleteMessageBatch", { QueueUrl, Entries: [{ Id: "0", ReceiptHandle: gone?.ReceiptHandle }] });

		await close();
		await open();

		const again = await aQueue("kept");
		const counts = async () =>
			(await receive(again, { MessageSystemAttributeNames: ["ApproximateReceiveCount"], VisibilityTimeout: 0 })).map(
				({ Attributes }) => Attributes?.["ApproximateReceiveCount"],
			);
		expect(await counts()).toEqual(["2", "2"]);
		const after = await receive(again, { MessageSystemAttributeNames: ["All"] });
		const { Attributes } = await call("GetQueueAttributes", { QueueUrl: again, AttributeNames: ["All"] });
		const stable = ({ Body, Attributes: all }: Received) => [Body, all?.["SentTimestamp"], all?.["MessageGroupId"]];
		expect(after.map(stable)).toEqual(before.filter(({ Body }) => Body !== "gone").map(stable));
		expect(Attributes).toMatchObject({
			RedrivePolicy,
			VisibilityTimeout: "600",
			ApproximateNumberOfMessagesDelayed: "1",
			ApproximateNumberOfMessagesNotVisible: "2",
		});
		expect(dead).toContain("/000000000000/kept-dead");
	});

	it("keeps an entry that moved to the dead letters, once", async () => {
		await aQueue("moved-dead");
		const deadLetterTargetArn = `arn:aws:sqs:${region}:000000000000:moved-dead`;
		const QueueUrl = await aQueue("moved", {
			RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
		});
		await call("SendMessage", { QueueUrl, MessageBody: "x" });
		await receive(QueueUrl, { VisibilityTimeout: 0 });
		await receive(QueueUrl);
		await store.written();

		await close();
		await open();

		expect(bodies(await receive(await aQueue("moved")))).toEqual([]);
		expect(bodies(await receive(await aQueue("moved-dead")))).toEqual(["x"]);
	});

	it("refuses by name what it does not support", async () => {
		const QueueUrl = await aQueue("refusing");

		await expect(call("PurgeQueue", { QueueUrl })).rejects.toMatchObject({ name: "NotSupported" });
		await expect(call("SendMessage", { QueueUrl, MessageBody: "x", MessageAttributes: {} })).rejects.toThrow(
			/MessageAttributes/,
		);
	});
});
