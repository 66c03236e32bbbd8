import type { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createAccountQueue } from "#shared/aws/sqs/create-account-queue.ts";
import { sqsAccountQueueSource, sqsAccountQueues } from "#shared/aws/sqs/sqs-account-queues.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { Receiver } from "#smpp/clients/receiver.ts";
import { openReceivers } from "#smpp/clients/receivers.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { anAccount, aSentMessage } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryLog, memoryReportBatches } from "#test/fakes/memory-stores.ts";
import { aQueueEngine, type QueueEngineOfTest } from "#test/fakes/queue-engines.ts";
import { anEsmeWithSession, pdusOn } from "./smpp-peers.ts";

/** Over TCP and the local queue engine; the stores are in memory. */
describe("reports over TCP", () => {
	let engine: QueueEngineOfTest;
	let client: SQSClient;

	beforeAll(async () => {
		engine = await aQueueEngine();
		client = engine.client;
	});
	afterAll(async () => await engine.close());

	async function aBoundAccount(userName: string) {
		const reportsQueueUrl = await createAccountQueue(client, "smsgw-test", userName);
		const smpp = { bindsMax: 4, windowMax: 10, networks: null, reportsQueueUrl, reportsBy: "smpp" as const };
		const account = anAccount({ userName, webhook: null, smpp });
		const messages = memoryMessages();
		const reportBatches = memoryReportBatches();
		const log = memoryLog();
		const receivers = openReceivers({
			liveSessions: async () => new Set(),
			messages,
			incoming: memoryIncoming(),
			reportBatches,
			source: sqsAccountQueueSource(client, client, log),
			visibilitySeconds: 30,
			retentionMs: 1_000,
			now: Date.now,
			monotonic: () => performance.now(),
			chance: Math.random,
			drainMs: 100,
			counter: memoryCounter(),
			metrics: { count: () => undefined, measure: () => undefined },
			log,
		});
		onTestFinished(async () => await receivers.stop());
		const all = Array.from({ length: 30 }, () =>
			aSentMessage(["a"], { userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER }),
		);
		await messages.insert(all);
		const reportBatch = { reportBatchId: "batch-1", userName, messageIds: all.map(({ messageId }) => messageId) };
		await sqsAccountQueues(client).send(reportsQueueUrl, [reportBatch]);
		return { account, reportBatch, reportBatches, receivers };
	}

	async function aSession(account: Account, onPdu: (pdu: Pdu, answer: () => void) => void) {
		const { esme, session } = await anEsmeWithSession({ answerMs: 200 });
		const got = pdusOn(esme, (pdu) =>
			onPdu(pdu, () => {
				if (pdu.command !== "deliver_sm" || esme.destroyed) return;
				esme.write(encodePdu({ command: "deliver_sm_resp", sequence_number: pdu.sequence_number }));
			}),
		);
		esme.on("error", () => undefined);
		esme.write(encodePdu({ command: "bind_receiver", sequence_number: 1 }));
		await vi.waitFor(() => expect(session.boundAs).toBe("receiver"));
		const receiver: Receiver = {
			account,
			...{ session: "task#1", address: "127.0.0.1" },
			windowMax: account.smpp?.windowMax ?? 0,
			get inFlight() {
				return session.inFlight;
			},
			deliver: async (request) => await session.request(request),
		};
		return { esme, session, receiver, got };
	}

	it("are sent within the window and confirmed (A47)", async () => {
		const { account, reportBatch, reportBatches, receivers } = await aBoundAccount("prompt");
		const { receiver, got } = await aSession(account, (_, answer) => answer());
		receivers.add(receiver);

		await vi.waitFor(() => expect(reportBatches.rows.get("batch-1")).toEqual(new Set(reportBatch.messageIds)), {
			timeout: 10_000,
		});

		expect(got.filter(({ command }) => command === "deliver_sm").length).toBe(30);
	});

	it("move to another session if one never answers or its connection closes (A47)", async () => {
		const { account, reportBatch, reportBatches, receivers } = await aBoundAccount("disconnected");
		const silent = await aSession(account, () => undefined);
		receivers.add(silent.receiver);
		await vi.waitFor(() => expect(silent.got.length).toBeGreaterThan(10));
		const falling = await aSession(account, (pdu, answer) => {
			if (pdu.command !== "deliver_sm") return;
			answer();
			falling.esme.destroy();
		});
		void falling.session.ended.then(() => receivers.remove(falling.receiver));
		receivers.add(falling.receiver);
		await falling.session.ended;
		const good = await aSession(account, (_, answer) => answer());
		receivers.add(good.receiver);

		await vi.waitFor(() => expect(reportBatches.rows.get("batch-1")).toEqual(new Set(reportBatch.messageIds)), {
			timeout: 20_000,
		});
	});
});
