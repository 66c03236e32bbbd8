import { randomUUID } from "node:crypto";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsJson, awsJson } from "#local/wire/aws-json.ts";
import { reportBatchFrom, sqsDeadReports, sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import type { ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { resendReports } from "#shared/usecases/reports/resend-reports.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { aQueueEngine, type QueueEngineOfTest } from "#test/fakes/queue-engines.ts";

describe("dead reports that are sent again, on the local engine", () => {
	let engine: QueueEngineOfTest;
	let sqs: AwsJson;
	let client: SQSClient;

	beforeAll(async () => {
		engine = await aQueueEngine();
		client = engine.client;
		sqs = awsJson("sqs", engine.url, engine.region);
	});
	afterAll(async () => await engine.close());

	async function aQueue(): Promise<string> {
		const { QueueUrl } = (await sqs("CreateQueue", { QueueName: `q-${randomUUID()}` })) as { QueueUrl: string };
		return QueueUrl;
	}

	async function bodiesIn(QueueUrl: string): Promise<readonly string[]> {
		const bodies: string[] = [];
		for (;;) {
			const answer = await sqs("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
			const { Messages = [] } = answer as { Messages?: { Body: string }[] };
			if (Messages.length === 0) return bodies;
			bodies.push(...Messages.map(({ Body }) => Body));
		}
	}

	const reportBatchesOf = (userName: string, count: number): readonly ReportBatch[] =>
		Array.from({ length: count }, (_, index) => ({ reportBatchId: randomUUID(), userName, messageIds: [index + 1] }));
	const idsIn = (bodies: readonly string[]) => new Set(bodies.map((body) => reportBatchFrom(body).reportBatchId));

	it("return to their queue with no attempts, and the others stay in the dead-letter queue, visible at once (A40)", async () => {
		const [queue, dead] = [await aQueue(), await aQueue()];
		const [mine, theirs] = [reportBatchesOf("mine ф", 33), reportBatchesOf("theirs", 27)];
		const since = Date.now();
		await sqsReports(client, dead).send(mine.map((reportBatch) => ({ ...reportBatch, tries: 11 })));
		await sqsReports(client, dead).send(theirs);
		await sqs("SendMessage", { QueueUrl: dead, MessageBody: "not a report batch" });
		const resending = {
			deadLetters: sqsDeadReports(client, dead),
			reports: sqsReports(client, queue),
			now: Date.now,
			log: memoryLog(),
		};

		const outcome = await resendReports(resending, { userName: "mine ф", from: since - 1_000, to: Date.now() });
		const earlier = await resendReports(resending, { userName: "theirs", from: 0, to: since - 60_000 });

		expect(outcome).toEqual({ resent: 33, left: 28, complete: true });
		expect(earlier).toEqual({ resent: 0, left: 28, complete: true });
		const back = await bodiesIn(queue);
		expect(idsIn(back)).toEqual(new Set(mine.map(({ reportBatchId }) => reportBatchId)));
		expect(new Set(back.map((body) => reportBatchFrom(body).tries))).toEqual(new Set([0]));
		const left = await bodiesIn(dead);
		expect(left).toContain("not a report batch");
		expect(idsIn(left.filter((body) => body !== "not a report batch"))).toEqual(
			new Set(theirs.map(({ reportBatchId }) => reportBatchId)),
		);
	});
});
