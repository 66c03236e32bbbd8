import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { countedLog } from "#shared/counted-log.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { retentionMaxMs } from "#shared/domain/message/retention.ts";
import type { QueuedReportBatch, ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { deliverReportBatch } from "#shared/usecases/reports/deliver-report-batch.ts";
import { webhookBreakers } from "#shared/usecases/reports/webhook-breakers.ts";
import type { WebhookAnswer, Webhooks } from "#shared/usecases/reports/webhooks.ts";
import { aMessage, anAccount, anIncomingMessage, aSentMessage } from "#test/fakes/builders.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import {
	memoryAccountQueues,
	memoryAccounts,
	memoryCircuitBreakers,
	memoryLog,
	memoryReportBatches,
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

/** A delivery to servers that answer as they are told: by the last answer, once there are no others. */
async function aDelivery(accounts: readonly Account[], messages: readonly Message[], ...answers: WebhookAnswer[]) {
	const now = stoppedClock();
	const store = memoryMessages(now);
	await store.insert(messages);
	const posts: Post[] = [];
	const circuitBreakers = memoryCircuitBreakers();
	const webhooks: Webhooks = {
		async post(url, headers, body) {
			posts.push({ url, headers, body });
			return answers[Math.min(posts.length, answers.length) - 1] ?? answered(204);
		},
	};
	return {
		messages: store,
		incoming: memoryIncoming(now),
		reportBatches: memoryReportBatches(),
		accounts: memoryAccounts(accounts),
		accountQueues: memoryAccountQueues(),
		webhooks,
		posts,
		breakers: webhookBreakers({ circuitBreakers, now, pause: async () => await new Promise(() => undefined) }),
		circuitBreakers,
		now,
		chance: () => 0.5,
		retentionMs: 1_000,
		log: memoryLog(),
	};
}

const dayMs = 24 * 3_600_000;

const reportBatchOf = (account: Account, ...messages: readonly Message[]): ReportBatch => ({
	reportBatchId: "pack-1",
	userName: account.userName,
	messageIds: messages.map(({ messageId }) => messageId),
});

/** Taken up for this try. */
const tried = (reportBatch: ReportBatch, tries: number): QueuedReportBatch => ({ ...reportBatch, tries });

function aCase(parts: Partial<Account> = {}) {
	const account = anAccount(parts);
	const message = aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", reportBatchId: "pack-1" });
	return { account, message, reportBatch: reportBatchOf(account, message) };
}

describe("delivering a report batch", () => {
	it("posts its messages in one array, under its own id (R36, A42)", async () => {
		const { account, message } = aCase();
		const other = aMessage({ userName: account.userName, status: "EXPIRED", errorCode: "22" });
		const delivery = await aDelivery([account], [message, other]);

		const outcome = await deliverReportBatch(delivery, tried(reportBatchOf(account, message, other), 1));

		expect(outcome).toEqual({ kind: "done" });
		const [{ url, headers, body } = { url: "", headers: {}, body: "{}" }] = delivery.posts;
		expect(url).toBe("http://client.example/reports");
		expect(headers).toMatchObject({
			"content-type": expect.stringMatching(/^application\/json/),
			"webhook-id": "pack-1",
			"webhook-timestamp": "1795413600",
		});
		expect(headers).not.toHaveProperty("authorization");
		expect(JSON.parse(body).delivery_report.map((one: { message_id: number }) => one.message_id)).toEqual([
			message.messageId,
			other.messageId,
		]);
	});

	it("leaves what is told by SMPP to its account's own queue, whether or not there is a webhook too (A47)", async () => {
		const smpp = { bindsMax: 1, windowMax: 1, networks: null, reportsQueueUrl: "http://sqs/own" };
		const { account, message, reportBatch } = aCase({ smpp });
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

	it("comes again where its account's own queue cannot be reached (A47)", async () => {
		const smpp = { bindsMax: 1, windowMax: 1, networks: null, reportsQueueUrl: "http://sqs/own" };
		const { account, message, reportBatch } = aCase({ smpp });
		const away = { send: async () => Promise.reject(new Error("away")) };
		const delivery = { ...(await aDelivery([account], [message])), accountQueues: away };

		await expect(deliverReportBatch(delivery, tried(reportBatch, 1))).rejects.toThrow("away");
	});

	it("tells of a message on the way as it was then, though it has ended since (A34)", async () => {
		const { account, message, reportBatch } = aCase();
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
		const { account } = aCase();
		const message = anIncomingMessage({ userName: account.userName });
		const delivery = await aDelivery([account], []);
		await delivery.incoming.put([message]);
		const reportBatch = {
			reportBatchId: "pack-1",
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
		expect((await delivery.reportBatches.confirmed(["pack-1"])).get("pack-1")).toEqual(new Set([message.messageId]));
	});

	it("lets a subscriber's message rest where its account has no webhook: it is told from there (R40)", async () => {
		const { account } = aCase({ webhook: null });
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

	it("sends the account's Basic credentials, UTF-8 and all (R36)", async () => {
		const { account, message, reportBatch } = aCase({
			webhook: {
				url: "https://x/",
				basic: { user: "ю", password: "a:b" },
				ack: "document",
				reports: "final",
				secrets: [],
			},
		});
		const delivery = await aDelivery([account], [message]);

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(delivery.posts[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("ю:a:b").toString("base64")}`);
	});

	it("is signed with each of the account's secrets, as it is sent (A42)", async () => {
		const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", `whsec_${Buffer.alloc(32, 7).toString("base64")}`];
		const { account, message, reportBatch } = aCase({
			webhook: { url: "http://x/", basic: null, ack: "document", reports: "final", secrets },
		});
		const delivery = await aDelivery([account], [message]);

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		const [{ headers, body } = { headers: {} as Record<string, string>, body: "" }] = delivery.posts;
		const signed = `pack-1.${headers["webhook-timestamp"]}.${body}`;
		const expected = secrets.map((secret) =>
			createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
				.update(signed)
				.digest("base64"),
		);
		expect(headers["webhook-signature"]).toBe(`v1,${expected[0]} v1,${expected[1]}`);
	});

	it("is not signed where the account has no secret (A42)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message]);

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(delivery.posts[0]?.headers).not.toHaveProperty("webhook-signature");
	});

	it("is confirmed by the server's answer, and then known to be (A38, A39)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(200, '"ok"'));

		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect((await delivery.reportBatches.confirmed(["pack-1"])).get("pack-1")).toEqual(new Set([message.messageId]));
	});

	it.each([answered(200, "no"), answered(302), answered(400), answered(500), refused])(
		"is tried again later after %j, and is not confirmed",
		async (answer) => {
			const { account, message, reportBatch } = aCase();
			const delivery = await aDelivery([account], [message], answer);

			const outcome = await deliverReportBatch(delivery, tried(reportBatch, 2));

			expect(outcome).toEqual({ kind: "later", seconds: 30, tries: 2 });
			expect(delivery.reportBatches.rows.size).toBe(0);
		},
	);

	it("is known to be confirmed as long as any message can be kept, however short its retention (A38, A50)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(204));
		const kept: number[] = [];
		const confirm: typeof delivery.reportBatches.confirm = async (_, at, keepUntil) => void kept.push(keepUntil - at);

		for (const days of [1, 90]) {
			const options = { ...delivery, retentionMs: days * dayMs, reportBatches: { ...delivery.reportBatches, confirm } };
			await deliverReportBatch(options, tried(reportBatch, 1));
		}

		expect(kept).toEqual([retentionMaxMs(dayMs), 90 * dayMs]);
	});

	it("takes any 2xx where the account says so (A39)", async () => {
		const webhook = { url: "http://x/", basic: null, ack: "any2xx", reports: "final", secrets: [] } as const;
		const { account, message, reportBatch } = aCase({ webhook });
		const delivery = await aDelivery([account], [message], answered(202, "queued"));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "done" });
	});

	it("is given up after a day of tries, and at once on 410 (A40)", async () => {
		const { account, message, reportBatch } = aCase();
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
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(status, "", retryAfter));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "later", seconds, tries: 1 });
	});

	it("does not post again what was confirmed: a redelivered entry is done with", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message]);
		await deliverReportBatch(delivery, tried(reportBatch, 1));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 2))).toEqual({ kind: "done" });
		expect(delivery.posts).toHaveLength(1);
	});

	it("posts a report batch of which only some messages were confirmed", async () => {
		const { account, message, reportBatch } = aCase();
		const other = aSentMessage(["b"], { userName: account.userName, status: "DELIVERED" });
		const delivery = await aDelivery([account], [message, other]);
		await deliverReportBatch(delivery, tried(reportBatch, 1));

		await deliverReportBatch(delivery, tried(reportBatchOf(account, message, other), 1));

		expect(delivery.posts).toHaveLength(2);
	});

	it("is done where there is no webhook, no account or no message left (A38)", async () => {
		const { account, message, reportBatch } = aCase({ webhook: null });
		const other = aCase();
		const webhookless = await aDelivery([account], [message]);
		const stranger = await aDelivery([], [other.message]);
		const forgotten = await aDelivery([other.account], []);

		expect(await deliverReportBatch(webhookless, tried(reportBatch, 1))).toEqual({ kind: "done" });
		expect(await deliverReportBatch(stranger, tried(other.reportBatch, 1))).toEqual({ kind: "done" });
		expect(await deliverReportBatch(forgotten, tried(other.reportBatch, 1))).toEqual({ kind: "done" });
		expect([webhookless, stranger, forgotten].flatMap(({ posts }) => posts)).toEqual([]);
		expect(webhookless.reportBatches.rows.size).toBe(0);
	});

	it("measures how long ago the messages ended that it could not report", async () => {
		const { account, message } = aCase();
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
		const { account, message, reportBatch } = aCase({ webhook });
		const delivery = await aDelivery([account], [message], answered(500), answered(204));

		await deliverReportBatch(delivery, tried(reportBatch, 1));
		await deliverReportBatch(delivery, tried(reportBatch, 2));

		expect(JSON.stringify(delivery.log.events)).not.toMatch(/hunter2|тест/);
	});
});

describe("an account whose server keeps failing", () => {
	it("is left alone after three failures, and probed once when half a minute has passed", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(500));
		for (const tries of [1, 2, 3, 4]) await deliverReportBatch(delivery, tried(reportBatch, tries));
		const left = delivery.posts.length;
		delivery.now.advance(30_000);

		const outcomes = await Promise.all([
			deliverReportBatch(delivery, tried(reportBatch, 5)),
			deliverReportBatch(delivery, tried(reportBatch, 5)),
		]);

		expect([left, delivery.posts.length]).toEqual([3, 4]);
		/* The other hears soon how the probe ended: that was no try of its own. */
		expect(outcomes).toContainEqual({ kind: "later", seconds: 15, tries: 4 });
	});

	it("is called freely again once it has confirmed", async () => {
		const { account, message, reportBatch } = aCase();
		const other = aSentMessage(["b"], { userName: account.userName, status: "DELIVERED" });
		const delivery = await aDelivery([account], [message, other], refused, refused, refused, answered(204));
		for (const tries of [1, 2, 3]) await deliverReportBatch(delivery, tried(reportBatch, tries));
		delivery.now.advance(30_000);
		await deliverReportBatch(delivery, tried(reportBatch, 4));

		expect(await deliverReportBatch(delivery, tried(reportBatchOf(account, other), 1))).toEqual({ kind: "done" });
		expect(delivery.circuitBreakers.calls).toEqual(["open", "claim", "closed"]);
	});

	it("counts a turn spent waiting for another's probe only once its messages are a day old (A40)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message]);
		const breakers = { admit: async () => "probing" as const };

		const fresh = await deliverReportBatch({ ...delivery, breakers }, tried(reportBatch, 11));
		delivery.now.advance(25 * 3_600_000);
		const old = await deliverReportBatch({ ...delivery, breakers }, tried(reportBatch, 11));

		expect([fresh, old]).toEqual([{ kind: "later", seconds: 15, tries: 10 }, { kind: "dead" }]);
	});

	it("loses no report batch while it is left alone: each waits for its next try", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], refused);
		for (const tries of [1, 2, 3]) await deliverReportBatch(delivery, tried(reportBatch, tries));

		expect(await deliverReportBatch(delivery, tried(reportBatch, 1))).toEqual({ kind: "later", seconds: 5, tries: 1 });
	});

	it("is left alone at once for as long as it asked, with all its reports (A40)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(429, "", "120"), answered(204));
		await deliverReportBatch(delivery, tried(reportBatch, 1));
		delivery.now.advance(119_999);
		const early = await deliverReportBatch(delivery, tried(reportBatch, 1));
		delivery.now.advance(1);

		const late = await deliverReportBatch(delivery, tried(reportBatch, 2));

		expect([early.kind, late.kind, delivery.posts.length]).toEqual(["later", "done", 2]);
	});

	it("is left alone at once when it is gone: others' report batches wait for their own answer, and an event tells of it (A40)", async () => {
		const { account, message, reportBatch } = aCase();
		const delivery = await aDelivery([account], [message], answered(410));

		const outcomes = [
			await deliverReportBatch(delivery, tried(reportBatch, 1)),
			await deliverReportBatch(delivery, tried(reportBatch, 1)),
		];

		expect(outcomes.map(({ kind }) => kind)).toEqual(["dead", "later"]);
		expect(delivery.posts).toHaveLength(1);
		expect(delivery.log.events.map(({ event }) => event)).toContain("webhook.gone");
	});

	it("holds up nobody else's reports, failing or hanging", async () => {
		const hanging = aCase({
			webhook: { url: "http://hangs/", basic: null, ack: "document", reports: "final", secrets: [] },
		});
		const close = aCase();
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
