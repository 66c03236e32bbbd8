import { randomUUID } from "node:crypto";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openSqs, type Sqs } from "#local/engines/sqs/open-sqs.ts";
import { dynamoBatches } from "#shared/aws/dynamo/dynamo-batches.ts";
import { dynamoMessages } from "#shared/aws/dynamo/dynamo-messages.ts";
import { dynamoReportBatches } from "#shared/aws/dynamo/dynamo-report-batches.ts";
import { dynamoSlots } from "#shared/aws/dynamo/dynamo-slots.ts";
import { dynamoSubmissions } from "#shared/aws/dynamo/dynamo-submissions.ts";
import { dueShardFrom, sqsDueShards } from "#shared/aws/sqs/sqs-due-shards.ts";
import { deleteEntries } from "#shared/aws/sqs/sqs-entries.ts";
import { type LaneUrls, sqsLaneSource, sqsLanes } from "#shared/aws/sqs/sqs-lanes.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { lanes } from "#shared/domain/message/lanes.ts";
import { instantFromAlmatyText } from "#shared/domain/time/almaty-time.ts";
import { acceptMessages } from "#shared/usecases/accept/accept-messages.ts";
import { withdrawMessage } from "#shared/usecases/message/withdraw-message.ts";
import { checkShard } from "#shared/usecases/schedule/check-shard.ts";
import { checkSlot } from "#shared/usecases/schedule/check-slot.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { openOperatorSender } from "#smpp/operators/operator-sender.ts";
import { type DynamoEngine, localEngine } from "#test/contract/dynamo-engines.ts";
import { anAccount, aRequest } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { leasingOfTask } from "#test/fakes/memory-leases.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";
import { memoryLog, stoppedClock } from "#test/fakes/memory-stores.ts";
import { noLimits } from "#test/fakes/no-limits.ts";
import { sizeOf } from "#test/size-of.ts";

/**
 * A slot's whole way on the local engines, with the real use cases and adapters. Only the clock is moved, and the bind
 * only records.
 */

const region = "eu-central-1";
const total = sizeOf({ merge: 2_000, nightly: 10_000 });
const at = (text: string) => instantFromAlmatyText(text) ?? expect.fail(text);
const [accepted, nine] = [at("2026-11-23 20:00:00"), at("2026-11-24 09:00:00")];

let dynamo: DynamoEngine;
let queues: Sqs;
let sqs: SQSClient;

beforeAll(async () => {
	[dynamo, queues] = await Promise.all([localEngine(), openSqs({ region, log: () => undefined })]);
	const credentials = { accessKeyId: "local", secretAccessKey: "local" };
	sqs = new SQSClient({ endpoint: queues.url, region, credentials });
});
afterAll(async () => {
	sqs.destroy();
	await dynamo.close();
	queues.close();
});

async function aQueue(name: string): Promise<string> {
	const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${randomUUID()}` }));
	return QueueUrl;
}

async function aGateway() {
	const now = stoppedClock(accepted);
	const table = (role: string) => dynamo.tables[role] ?? expect.fail(role);
	const laneUrls = Object.fromEntries(
		await Promise.all(lanes.map(async ({ name }) => [name, await aQueue(name)] as const)),
	) as LaneUrls;
	const dueShardsUrl = await aQueue("due-shards");
	return {
		now,
		messages: dynamoMessages(dynamo.client, table("messages"), now, memoryLog()),
		batches: dynamoBatches(dynamo.client, table("batches"), now),
		reportBatches: dynamoReportBatches(dynamo.client, table("reports"), memoryLog()),
		slots: dynamoSlots(dynamo.client, table("slots"), now, memoryLog()),
		submissions: dynamoSubmissions(dynamo.client, table("submissions"), now, memoryLog()),
		lanes: sqsLanes(sqs, sqs, laneUrls, memoryLog()),
		source: sqsLaneSource(sqs, sqs, laneUrls, memoryLog()),
		dueShards: sqsDueShards(sqs, dueShardsUrl),
		dueShardsUrl,
		reports: sqsReports(sqs, await aQueue("reports")),
		counter: memoryCounter(),
		newReportBatchId: () => randomUUID() as string,
		newAttempt: () => randomUUID() as string,
		log: memoryLog(),
		idKey: "key",
		numbers: memoryNumbers(),
		retentionMs: 90 * 86_400_000,
		finalTexts: "keep" as const,
		limits: noLimits,
	};
}

type Gateway = Awaited<ReturnType<typeof aGateway>>;

/** Runs the due checks of the queue until it is empty. */
async function runDueChecks(gateway: Gateway): Promise<void> {
	for (;;) {
		const { Messages = [] } = await sqs.send(
			new ReceiveMessageCommand({ QueueUrl: gateway.dueShardsUrl, MaxNumberOfMessages: 10 }),
		);
		if (Messages.length === 0) return;
		await Promise.all(Messages.map(async ({ Body = "" }) => await checkShard(gateway, dueShardFrom(Body))));
		const handles = Messages.map(({ ReceiptHandle = "" }) => ReceiptHandle);
		await deleteEntries(sqs, gateway.dueShardsUrl, handles);
	}
}

/** An operator sender whose bind accepts and lists every submit. */
function anOperatorSender(gateway: Gateway) {
	const submitted: string[] = [];
	const openBind = ({ onUp }: { onUp(): void }): Bind => {
		queueMicrotask(onUp);
		return {
			bound: true,
			async submit({ short_message }) {
				submitted.push(short_message.toString("latin1"));
				return { kind: "accepted", smscId: randomUUID() };
			},
			renew: () => undefined,
			stop: async () => undefined,
		};
	};
	const { source, now: _, ...stores } = gateway;
	const contract = { operator: "kcell", binds: 1, tps: 10_000, window: 500 } as const;
	const options = {
		...contract,
		visibilitySeconds: 30,
		drainMs: 1_000,
		isPaused: () => false,
		leaseDeps: leasingOfTask(),
	};
	const deps = { ...stores, now: gateway.now };
	const operatorSender = openOperatorSender({
		...options,
		openBind,
		picking: deps,
		recording: deps,
		source,
		log: memoryLog(),
	});
	return { submitted, stop: operatorSender.stop };
}

const texts = Array.from({ length: total }, (_, index) => `message ${index}`);
/* Of each hundred, the first expires just after the slot and the second is withdrawn. */
const outcomeOf = (index: number) => ["expires", "is withdrawn"][index % 100] ?? "goes";

/** Accepts all messages, 200 at a time, and withdraws some; returns their ids in order. */
async function park(gateway: Gateway): Promise<readonly number[]> {
	const account = anAccount();
	const ids: number[] = [];
	for (let start = 0; start < total; start += 200) {
		const requests = texts.slice(start, start + 200).map((text, index) => {
			const expiresAt = outcomeOf(start + index) === "expires" ? nine + 1_000 : null;
			return aRequest({ text, schedule: nine, expiresAt });
		});
		const outcomes = await acceptMessages(gateway, account, requests);
		ids.push(
			...outcomes.map((outcome) => (outcome.kind === "accepted" ? outcome.messageId : expect.fail(outcome.kind))),
		);
	}
	for (const [index, id] of ids.entries()) {
		if (outcomeOf(index) === "is withdrawn") await withdrawMessage(gateway, account.userName, id);
	}
	return ids;
}

const ends: Readonly<Record<string, object>> = {
	expires: { status: "EXPIRED", errorCode: "22" },
	"is withdrawn": { status: "DELETED", scheduleState: null },
	goes: { status: "SENT", scheduleState: "P" },
};

describe("thousands of messages parked for one slot", () => {
	it("are released at the slot, each once, except withdrawn and expired ones (R8, R19, R22, R34)", async () => {
		const gateway = await aGateway();
		const startedAt = performance.now();
		const ids = await park(gateway);
		const parkedAt = performance.now();

		const operatorSender = anOperatorSender(gateway);
		await runDueChecks(gateway);
		const early = operatorSender.submitted.length;
		gateway.now.advance(nine + 1_000 - gateway.now());
		await checkSlot(gateway.dueShards, nine);
		await runDueChecks(gateway);
		const dueTexts = texts.filter((_, index) => outcomeOf(index) === "goes");
		await vi.waitFor(() => expect(operatorSender.submitted.length).toBeGreaterThanOrEqual(dueTexts.length), 50_000);
		const releasedAt = performance.now();
		/* A second check, as the sweep's, finds nothing more. */
		await checkSlot(gateway.dueShards, nine);
		await runDueChecks(gateway);
		await operatorSender.stop();
		console.log(
			`parked in ${Math.round(parkedAt - startedAt)} ms, released in ${Math.round(releasedAt - parkedAt)} ms`,
		);

		expect(early).toBe(0);
		expect(operatorSender.submitted.toSorted()).toEqual(dueTexts.toSorted());
		const rows = await gateway.messages.read(ids);
		for (const [index, id] of ids.entries()) expect(rows.get(id)).toMatchObject(ends[outcomeOf(index)] ?? {});
	});
});
