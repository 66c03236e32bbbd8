import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { countedLog } from "#shared/counted-log.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { retentionMaxMs } from "#shared/domain/message/retention.ts";
import type { QueuedReportBatch, ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { readTimeline } from "#shared/usecases/message/read-timeline.ts";
import { deliverReportBatch } from "#shared/usecases/reports/deliver-report-batch.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { WebhookAnswer, Webhooks } from "#shared/usecases/reports/webhooks.ts";
import { aMessage, anAccount, anIncomingMessage, aSentMessage } from "#test/fakes/builders.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import {
	memoryAccountQueues,
	memoryAccounts,
	memoryCircuitBreakers,
	memoryLog,
	memoryReportBatches,
	memoryWebhookSecrets,
	stoppedClock,
} from "#test/fakes/memory-stores.ts";

type Post = { url: string; headers: Readonly<Record<string, string>>; body: string };

const answered = (status: number, body = "", retryAfter: string | null = null): WebhookAnswer => ({
	kind: "answered",
	status,
	body,
	retryAfter,
});
const refused: WebhookAnswer = { kind: "failed", reason: "ECONNREFUSED" };

/** A delivery to servers that give these answers in turn, then the last one again. */
async function aDelivery(accounts: readonly Account[], messages: readonly Message[], ...answers: WebhookAnswer[]) {
	const now = stoppedClock();
	const store = memoryMessages(now);
	await store.insert(messages);
	const posts: Post[] = [];
	const circuitBreakers = memoryCircuitBreakers();
	const reportBatches = memoryReportBatches();
	const webhooks: Webhooks = {
		async post(url, headers, body) {
			posts.push({ url, headers, body });
			return answers[Math.min(posts.length, answers.length) - 1] ?? answered(204);
		},
	};
	return {
		messages: store,
		incoming: memoryIncoming(now),
		reportBatches,
		reportAttempts: reportBatches,
		accounts: memoryAccounts(accounts),
		webhookSecrets: memoryWebhookSecrets(),
		accountQueues: memoryAccountQueues(),
		webhooks,
		posts,
		breakers: webhookBreakers({ circuitBreakers, now, pause: async () => await new Promise(() => undefined) }),
		circuitBreakers,
		now,
		chance: () => 0.5,
		retentionMs: 1_000,
		log: memoryLog(),
		counter: memoryCounter(),
		metrics: memoryMetrics(),
	};
}

const dayMs = 24 * 3_600_000;

const bySmpp = (reportsBy: "smpp" | "channel") => ({
	smpp: { bindsMax: 1, windowMax: 1, networks: null, reportsQueueUrl: "http://sqs/own", reportsBy },
});

const reportBatchOf = (account: Account, ...messages: readonly Message[]): ReportBatch => ({
	reportBatchId: "batch-1",
	userName: account.userName,
	messageIds: messages.map(({ messageId }) => messageId),
});

const tried = (reportBatch: ReportBatch, tries: number): QueuedReportBatch => ({ ...reportBatch, tries });

function anAccountWithReport(parts: Partial<Account> = {}) {
	const account = anAccount(parts);
	const message = aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", reportBatchId: "batch-1" });
	return { account, message, reportBatch: reportBatchOf(account, message) };
}

describe("delivering a report batch", () => {
	it("counts the first attempt of each final status, by priority and objective, whatever the client answers", async () => {
		const account = anAccount();
		const ended = (parts: Partial<Message>) =>
			aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", statusAt: stoppedClock()(), ...parts });
		const prompt = [ended({ priority: 0 }), ended({ priority: 2 })];
		const late = ended({ priority: 2, statusAt: stoppedClock()() - 31_000 });
		const all = [...prompt, late];
		const delivery = await aDelivery([account], all, answered(500));

		await deliverReportBatch(delivery, tried(reportBatchOf(account, ...all), 1));
		await deliverReportBatch(delivery, tried(reportBatchOf(account, ...all), 2));

		expect(delivery.metrics.counted).toEqual({
			"ReportsInTime bulk": 1,
			"ReportsInTime urgent": 1,
			"ReportsLate urgent": 1,
		});
	});

	it("counts no interim status and no message of a subscriber toward the objective", async () => {
		const { account, message } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);
		const interim = { status: "SENT" as const, at: message.statusAt };

		await deliverReportBatch(delivery, { ...tried(reportBatchOf(account, message), 1), interim });

		expect(delivery.metrics.counted).toEqual({});
	});

	it("posts its messages in one array, with its id in a header (R36, A42)", async () => {
		const { account, message } = anAccountWithReport();
		const other = aMessage({ userName: account.userName, status: "EXPIRED", errorCode: "22" });
		const delivery = await aDelivery([account], [message, other]);

		const outcome = await deliverReportBatch(delivery, tried(reportBatchOf(account, message, other), 1));

		expect(outcome).toEqual({ kind: "done" });
		const [{ url, headers, body } = { url: "", headers: {}, body: "{}" }] = delivery.posts;
		expect(url).toBe("http://client.example/reports");
		expect(headers).toMatchObject({
			accept: "*/*",
			"accept-encoding": "gzip, deflate",
			"content-type": expect.stringMatching(/^application\/json/),
			"user-agent": expect.stringMatching(/^SMSGW\/2/),
			"webhook-id": "batch-1",
			"webhook-timestamp": "1795413600",
		});
		expect(headers).not.toHaveProperty("authorization");
		expect(JSON.parse(body).delivery_report.map((one: { message_id: number }) => one.message_id)).toEqual([
			message.messageId,
			other.messageId,
		]);
	});

	it("moves the report batch of an SMPP account to that account's own queue, with or without a webhook (A47)", async () => {
		const { account, message, reportBatch } = anAccountWithReport(bySmpp("smpp"));
		const bound = { ...account, userName: "bound", webhook: null };
		const delivery = await aDelivery([account, bound], [message]);

		const first = await deliverReportBatch(delivery, tried(reportBatch, 3));
		const second = await deliverReportBatch(delivery, tried({ ...reportBatch, userName: "bound" }, 1));

		expect([first, second]).toEqual([{ kind: "done" }, { kind: "done" }]);
		expect(delivery.posts).toEqual([]);
		expect(delivery.accountQueues.sent.get("http://sqs/own")).toEqual([
			tried(reportBatch, 0),
			{ ...tried(reportBatch, 0), userName: "bound" },
		]);
		expect(delivery.reportBatches.rows.size).toBe(0);
	});

	it("reports by SMPP only what came by SMPP, and retries only the rest, if the account has no other wish (A47)", async () => {
		const { account, message, reportBatch } = anAccountWithReport(bySmpp("channel"));
		const fromSmpp = { ...message, messageId: message.messageId + 1, clientMessageId: null };
		const delivery = await aDelivery([account], [message, fromSmpp]);
		const both = { ...reportBatch, messageIds: [message.messageId, fromSmpp.messageId] };
		const busy = { ...delivery, webhooks: { post: async () => ({ kind: "failed", reason: "no server" }) as const } };

		const failed = await deliverReportBatch(busy, tried(both, 1));
		const outcome = await deliverReportBatch(delivery, tried({ ...both, messageIds: [fromSmpp.messageId] }, 1));

		expect(failed).toMatchObject({ kind: "later", left: { messageIds: [message.messageId] } });
		expect(outcome.kind).toBe("done");
		expect(delivery.posts).toEqual([]);
		const moved = tried({ ...both, messageIds: [fromSmpp.messageId] }, 0);
		expect(delivery.accountQueues.sent.get("http://sqs/own")).toEqual([moved, moved]);
	});

	it("reports to the webhook a refused message of a batch, which may have no id of its client (A24, A47)", async () => {
		const { account, message, reportBatch } = anAccountWithReport(bySmpp("channel"));
		const delivery = await aDelivery([account], [{ ...message, clientMessageId: null, batchId: 7 }]);

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(delivery.posts.length).toBe(1);
		expect(delivery.accountQueues.sent.size).toBe(0);
	});

	it("fails, to be retried, when the account's own queue is unavailable (A47)", async () => {
		const { account, message, reportBatch } = anAccountWithReport(bySmpp("smpp"));
		const failing = { send: async () => Promise.reject(new Error("unavailable")) };
		const delivery = { ...(await aDelivery([account], [message])), accountQueues: failing };

		await expect(deliverReportBatch(delivery, tried(reportBatch, 1))).rejects.toThrow("unavailable");
	});

	it("reports an intermediate status as it was then, though the message has ended since (A34)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);

		await deliverReportBatch(delivery, {
			...tried(reportBatch, 1),
			interim: { status: "SENT", at: message.acceptedAt },
		});

		const [report] = JSON.parse(delivery.posts[0]?.body ?? "{}").delivery_report;
		expect(report).toMatchObject({ message_id: message.messageId, status: "SENT", error_code: null });
		expect(report.status_time).toBe(report.init_time);
	});

	it("posts messages from subscribers in an array of their own (R40)", async () => {
		const { account } = anAccountWithReport();
		const message = anIncomingMessage({ userName: account.userName });
		const delivery = await aDelivery([account], []);
		await delivery.incoming.put([message]);
		const reportBatch = {
			reportBatchId: "batch-1",
			userName: account.userName,
			messageIds: [message.messageId],
			incoming: true,
		} as const;

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "done" });

		expect(JSON.parse(delivery.posts[0]?.body ?? "{}")).toEqual({
			incoming_report: [
				{
					...{ message_id: message.messageId, sender: message.sender, recipient: "9090", text: message.text },
					...{ segment_count: 1, receive_time: "2026-11-23 11:00:00", rn_code: "02" },
				},
			],
		});
		expect((await delivery.reportBatches.confirmed(["batch-1"])).get("batch-1")).toEqual(new Set([message.messageId]));
	});

	it("sends a subscriber's message to the dead-letter queue when its account has no webhook, to be redriven later (R40)", async () => {
		const { account } = anAccountWithReport({ webhook: null });
		const delivery = await aDelivery([account], []);

		const outcome = await deliverReportBatch(delivery, {
			reportBatchId: "p",
			userName: account.userName,
			messageIds: [1],
			tries: 1,
			incoming: true,
		});

		expect(outcome).toEqual({ kind: "dead" });
	});

	it("sends the account's Basic credentials in UTF-8 (R36)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);
		const webhookSecrets = memoryWebhookSecrets({
			[account.userName]: { basic: { user: "ю", password: "a:b" }, secrets: [] },
		});

		await deliverReportBatch({ ...delivery, webhookSecrets }, tried(reportBatch, 1));

		expect(delivery.posts[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("ю:a:b").toString("base64")}`);
	});

	it("signs each post with each of the account's secrets (A42)", async () => {
		const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", `whsec_${Buffer.alloc(32, 7).toString("base64")}`];
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);
		const webhookSecrets = memoryWebhookSecrets({ [account.userName]: { basic: null, secrets } });

		await deliverReportBatch({ ...delivery, webhookSecrets }, tried(reportBatch, 1));

		const [{ headers, body } = { headers: {} as Record<string, string>, body: "" }] = delivery.posts;
		const signed = `batch-1.${headers["webhook-timestamp"]}.${body}`;
		const expected = secrets.map((secret) =>
			createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
				.update(signed)
				.digest("base64"),
		);
		expect(headers["webhook-signature"]).toBe(`v1,${expected[0]} v1,${expected[1]}`);
	});

	it("does not sign a post when the account has no secret (A42)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(delivery.posts[0]?.headers).not.toHaveProperty("webhook-signature");
	});

	it("is confirmed by the server's answer, and recorded as confirmed (A38, A39)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(200, '"ok"'));

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect((await delivery.reportBatches.confirmed(["batch-1"])).get("batch-1")).toEqual(new Set([message.messageId]));
		expect(delivery.counter.entries.map(({ userName, measure, messages }) => [userName, measure, messages])).toEqual([
			[account.userName, "reported", 1],
		]);
	});

	it.each([answered(200, "no"), answered(302), answered(400), answered(500), refused])(
		"retries after %j, and confirms nothing",
		async (answer) => {
			const { account, message, reportBatch } = anAccountWithReport();
			const delivery = await aDelivery([account], [message], answer);

			const outcome = await deliverReportBatch(delivery, tried(reportBatch, 2));

			expect(outcome).toEqual({ kind: "later", seconds: 30, tries: 2 });
			expect(delivery.reportBatches.rows.size).toBe(0);
		},
	);

	it("records a confirmation for as long as any message can be kept, however short the retention (A38, A50)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(204));
		const kept: number[] = [];
		const confirm: typeof delivery.reportBatches.confirm = async (_, at, keepUntil) => void kept.push(keepUntil - at);

		for (const days of [1, 90]) {
			const options = { ...delivery, retentionMs: days * dayMs, reportBatches: { ...delivery.reportBatches, confirm } };
			await deliverReportBatch(options, tried(reportBatch, 1));
		}

		expect(kept).toEqual([retentionMaxMs(dayMs), 90 * dayMs]);
	});

	it("accepts any 2xx when the account says so (A39)", async () => {
		const webhook = { url: "http://x/", basic: null, ack: "any2xx", reports: "final", secrets: [] } as const;
		const { account, message, reportBatch } = anAccountWithReport({ webhook });
		const delivery = await aDelivery([account], [message], answered(202, "queued"));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "done" });
	});

	it("gives up after a day of attempts, and at once on 410 (A40)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const failing = await aDelivery([account], [message], answered(500));
		const gone = await aDelivery([account], [message], answered(410, "OK"));

		expect(await deliverReportBatch(failing, tried(reportBatch, 10))).toMatchObject({ kind: "later" });
		expect(await deliverReportBatch(failing, tried(reportBatch, 11))).toEqual({ kind: "dead" });
		expect(await deliverReportBatch(gone, tried(reportBatch, 1))).toEqual({ kind: "dead" });
	});

	it.each([
		[429, "120", 120],
		[503, "120", 120],
		[503, "1", 5],
		[503, null, 5],
		[503, "soon", 5],
		[500, "120", 5],
	])("after %i with Retry-After %j waits %i s (A40)", async (status, retryAfter, seconds) => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(status, "", retryAfter));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "later", seconds, tries: 1 });
	});

	it("keeps each attempt with its answer and the next one's time, and how it was confirmed", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(500, "secret"), refused, answered(204));

		for (const tries of [1, 2, 3]) await deliverReportBatch(delivery, tried(reportBatch, tries));

		const at = delivery.now();
		expect((await delivery.reportBatches.of(["batch-1"])).get("batch-1")).toEqual({
			failed: [
				{ tries: 1, at, answer: "status 500", nextAt: at + 5_000 },
				{ tries: 2, at, answer: "ECONNREFUSED", nextAt: at + 30_000 },
			],
			confirmed: { at, answer: "status 204", tries: 3, messageIds: new Set([message.messageId]) },
		});
	});

	it.each([
		["after the last try", answered(500), 11],
		["at a 410", answered(410), 1],
	])("keeps that it was given up %s", async (_, answer, tries) => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answer);

		await deliverReportBatch(delivery, tried(reportBatch, tries));

		expect(delivery.reportBatches.failures.get("batch-1")).toMatchObject([{ tries, nextAt: null }]);
	});

	it("is retried as usual if the attempt cannot be kept", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(500));
		const failed = async () => await Promise.reject(new Error("no"));

		const outcome = await deliverReportBatch({ ...delivery, reportAttempts: { failed } }, tried(reportBatch, 1));

		expect(outcome).toMatchObject({ kind: "later", seconds: 5 });
	});

	it("does not post a confirmed report batch again when its entry is redelivered", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);
		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 2))).toEqual({ kind: "done" });
		expect(delivery.posts).toHaveLength(1);
	});

	it("posts a report batch of which only some messages were confirmed", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const other = aSentMessage(["b"], { userName: account.userName, status: "DELIVERED" });
		const delivery = await aDelivery([account], [message, other]);
		await deliverReportBatch(delivery, tried(reportBatch, 1));

		await deliverReportBatch(delivery, tried(reportBatchOf(account, message, other), 1));

		expect(delivery.posts).toHaveLength(2);
	});

	it("is done when there is no webhook, no account or no message left (A38)", async () => {
		const { account, message, reportBatch } = anAccountWithReport({ webhook: null });
		const other = anAccountWithReport();
		const withoutWebhook = await aDelivery([account], [message]);
		const unknownAccount = await aDelivery([], [other.message]);
		const withoutMessage = await aDelivery([other.account], []);

		expect(await deliverReportBatch(withoutWebhook, tried(reportBatch, 1))).toEqual({ kind: "done" });
		expect(await deliverReportBatch(unknownAccount, tried(other.reportBatch, 1))).toEqual({ kind: "done" });
		expect(await deliverReportBatch(withoutMessage, tried(other.reportBatch, 1))).toEqual({ kind: "done" });
		expect([withoutWebhook, unknownAccount, withoutMessage].flatMap(({ posts }) => posts)).toEqual([]);
		expect(withoutWebhook.reportBatches.rows.size).toBe(0);
	});

	it("records that a report is given up when there is no webhook, so that its message waits for nothing", async () => {
		const { account, message, reportBatch } = anAccountWithReport({ webhook: null });
		const delivery = await aDelivery([account], [message]);
		const ended = { ...message, reportBatchId: reportBatch.reportBatchId };

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		const { events, standing } = await readTimeline(delivery, ended);
		expect(standing).toEqual({ kind: "nothing" });
		expect(events).toContainEqual(
			expect.objectContaining({ kind: "report_given_up", answer: "the account has no webhook" }),
		);
	});

	it("measures how long ago the unreported messages ended", async () => {
		const { account, message } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(500));
		const metrics = memoryMetrics();
		delivery.now.advance(message.statusAt + 7_000 - delivery.now());

		await deliverReportBatch(
			{ ...delivery, log: countedLog(memoryLog(), metrics) },
			tried(reportBatchOf(account, message), 1),
		);

		expect(metrics).toMatchObject({ counted: { ReportsUnconfirmed: 1 }, measured: { UnreportedAge: [7_000] } });
	});

	it("logs neither passwords nor message texts", async () => {
		const webhook = {
			url: "http://x/",
			basic: { user: "u", password: "hunter2" },
			ack: "document",
			reports: "final",
			secrets: [],
		} as const;
		const { account, message, reportBatch } = anAccountWithReport({ webhook });
		const delivery = await aDelivery([account], [message], answered(500), answered(204));

		await deliverReportBatch(delivery, tried(reportBatch, 1));
		await deliverReportBatch(delivery, tried(reportBatch, 2));

		expect(JSON.stringify(delivery.log.events)).not.toMatch(/hunter2|тест/);
	});
});

describe("an account whose server keeps failing", () => {
	it("is not called after three failures, and is probed once after half a minute", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(500));
		for (const tries of [1, 2, 3, 4]) await deliverReportBatch(delivery, tried(reportBatch, tries));
		const left = delivery.posts.length;
		delivery.now.advance(30_000);

		const outcomes = await Promise.all([
			deliverReportBatch(delivery, tried(reportBatch, 5)),
			deliverReportBatch(delivery, tried(reportBatch, 5)),
		]);

		expect([left, delivery.posts.length]).toEqual([3, 4]);
		/* The other waits for the outcome of the probe, which does not count as an attempt of its own. */
		expect(outcomes).toContainEqual({ kind: "later", seconds: 15, tries: 4 });
	});

	it.each([
		["open", { ReportsUnconfirmed: 1 }],
		["probing", {}],
		["crowded", {}],
	] as const)(
		"has the reports that are not tried measured as unconfirmed, and counted if none may be tried: %s",
		async (denial, counted) => {
			const { account, message, reportBatch } = anAccountWithReport();
			const delivery = await aDelivery([account], [message]);
			delivery.now.advance(message.statusAt + 9 * 3_600_000 - delivery.now());

			await deliverReportBatch({ ...delivery, breakers: { admit: async () => denial } }, tried(reportBatch, 5));

			expect(delivery.metrics.counted).toEqual(counted);
			expect(delivery.metrics.measured).toEqual({ UnreportedAge: [9 * 3_600_000] });
		},
	);

	it("is called normally again once it has confirmed", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const other = aSentMessage(["b"], { userName: account.userName, status: "DELIVERED" });
		const delivery = await aDelivery([account], [message, other], refused, refused, refused, answered(204));
		for (const tries of [1, 2, 3]) await deliverReportBatch(delivery, tried(reportBatch, tries));
		delivery.now.advance(30_000);
		await deliverReportBatch(delivery, tried(reportBatch, 4));

		expect(await deliverReportBatch(delivery, tried(reportBatchOf(account, other), 1))).toEqual({ kind: "done" });
		expect(delivery.circuitBreakers.calls).toEqual(["open", "claim", "closed"]);
	});

	it("counts a turn that waited for another's probe only once its messages are a day old (A40)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message]);
		const breakers = { admit: async () => "probing" as const };

		const fresh = await deliverReportBatch({ ...delivery, breakers }, tried(reportBatch, 11));
		delivery.now.advance(25 * 3_600_000);
		const old = await deliverReportBatch({ ...delivery, breakers }, tried(reportBatch, 11));

		expect([fresh, old]).toEqual([{ kind: "later", seconds: 15, tries: 10 }, { kind: "dead" }]);
	});

	it("loses no report batch while its server is not called: each waits for its next attempt", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], refused);
		for (const tries of [1, 2, 3]) await deliverReportBatch(delivery, tried(reportBatch, tries));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "later", seconds: 5, tries: 1 });
	});

	it("is not called with any report for as long as it asked (A40)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(429, "", "120"), answered(204));
		await deliverReportBatch(delivery, tried(reportBatch, 1));
		delivery.now.advance(119_999);
		const early = await deliverReportBatch(delivery, tried(reportBatch, 1));
		delivery.now.advance(1);

		const late = await deliverReportBatch(delivery, tried(reportBatch, 2));

		expect([early.kind, late.kind, delivery.posts.length]).toEqual(["later", "done", 2]);
	});

	it("is not called after 410: other report batches wait, and an event is logged (A40)", async () => {
		const { account, message, reportBatch } = anAccountWithReport();
		const delivery = await aDelivery([account], [message], answered(410));

		const outcomes = [
			await deliverReportBatch(delivery, tried(reportBatch, 1)),
			await deliverReportBatch(delivery, tried(reportBatch, 1)),
		];

		expect(outcomes.map(({ kind }) => kind)).toEqual(["dead", "later"]);
		expect(delivery.posts).toHaveLength(1);
		expect(delivery.log.events.map(({ event }) => event)).toContain("webhook.gone");
	});

	it("delays no other account's reports, failing or hanging", async () => {
		const hanging = anAccountWithReport({
			webhook: { url: "http://hangs/", ack: "document", reports: "final" },
		});
		const close = anAccountWithReport();
		const delivery = await aDelivery([hanging.account, close.account], [hanging.message, close.message]);
		const never = Promise.withResolvers<WebhookAnswer>();
		const webhooks: Webhooks = {
			post: async (url, headers, body) =>
				url === "http://hangs/" ? await never.promise : await delivery.webhooks.post(url, headers, body),
		};
		const waiting = deliverReportBatch({ ...delivery, webhooks }, tried(hanging.reportBatch, 1));

		const outcome = await deliverReportBatch({ ...delivery, webhooks }, tried(close.reportBatch, 1));

		expect(outcome).toEqual({ kind: "done" });
		never.resolve(refused);
		expect(await waiting).toMatchObject({ kind: "later" });
	});
});
