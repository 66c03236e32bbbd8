import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { type Client, clientOf, eventually, type Posted, type ReportedMessage, smscSubmits } from "./client.ts";
import { calls, type EngineName, type EngineProxies, openEngineProxies } from "./engine-proxies.ts";
import type { EngineCall, FaultMoment } from "./engine-proxy.ts";
import { openTestStack, quickTakeover } from "./local-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * Kills a process of the gateway (SIGKILL) between each two steps of the message flow. No accepted message is lost,
 * copies stay within the exposure, each message ends once and is reported at least once.
 */

const insert = calls("BatchExecuteStatement", /INSERT INTO/);
const update = calls("BatchExecuteStatement", /UPDATE /);
const submissions = calls("BatchWriteItem", /-submissions/);
const watchRow = calls("BatchWriteItem", /watch/);
const lane = calls("SendMessageBatch", /lane-/);
const laneDeletion = calls("DeleteMessageBatch", /lane-/);
const receipt = calls("SendMessageBatch", /-receipts"/);
const report = calls("SendMessageBatch", /-reports"/);
const confirmation = calls("UpdateItem", /-reports"/);
const reportRow = calls("BatchWriteItem", /kind\\*":\\*"report/);
const triedReport = calls("SendMessageBatch", /-reports".*tries\\*":[1-9]/s);

describe("a process that is killed", () => {
	let localStack: LocalStack;
	let client: Client;
	let engineProxies: EngineProxies;
	const receivedReports: ReportedMessage[] = [];
	/** Runs once, at the next first report of a message, before the report is answered. */
	let onPost: (() => Promise<void>) | undefined;
	/** The Retry-After that the report is answered with, instead of a confirmation. */
	let busyFor: string | undefined;
	const webhook = createServer(async (request, response) => {
		const reports: readonly ReportedMessage[] = JSON.parse(await text(request)).delivery_report;
		/* Reports of a message that an earlier test left may come again during a later test. */
		const isRepeat = reports.every(({ message_id }) => receivedReports.some((one) => one.message_id === message_id));
		receivedReports.push(...reports);
		if (isRepeat) {
			response.writeHead(204).end();
			return;
		}
		const act = onPost;
		onPost = undefined;
		await act?.();
		const asked = busyFor;
		busyFor = undefined;
		if (asked === undefined) response.writeHead(204).end();
		else response.writeHead(503, { "retry-after": asked }).end();
	});
	const smsc = anSmsc();
	const abandoned: { fields: Record<string, unknown>; at: number }[] = [];

	beforeAll(async () => {
		const [webhookPort, smscPort] = await Promise.all([portOf(webhook), portOf(smsc.server)]);
		engineProxies = await openEngineProxies();
		localStack = await openTestStack({
			stage: { ...quickTakeover, leaseSeconds: 3 },
			operators: { altel: { ...anSmscLogin, port: smscPort } },
			accounts: [
				{
					account: {
						user_name: "crash",
						senders: [{ name: "SMSGW" }],
						default_time_bounds: "full",
						webhook: { url: `http://127.0.0.1:${webhookPort}/` },
					},
					password: "crash",
				},
			],
			endpoints: engineProxies.endpoints,
		});
		client = clientOf(localStack, "crash");
	});
	afterAll(async () => {
		await localStack?.stop();
		engineProxies?.close();
		webhook.closeAllConnections();
		webhook.close();
		smsc.close();
	});

	const killAt = async (
		process: GatewayProcess,
		service: EngineName,
		when: FaultMoment,
		matches: (call: EngineCall) => boolean,
	) => await engineProxies.of(process, service).at(when, matches, async () => await localStack.kill(process));

	/** Expects one successful end; prints how often the message was sent and reported. */
	async function expectDelivered(messageId: string, recipient: string): Promise<void> {
		const message = await client.untilReported(messageId);
		expect(message.message_status).toBe("DELIVERED");
		const sent = [...(await smscSubmits(localStack)), ...smsc.submits].filter(
			(submit) => submit.recipient === recipient,
		);
		const reports = receivedReports.filter(({ message_id }) => String(message_id) === messageId);
		expect(sent.length).toBeGreaterThanOrEqual(1);
		/* One message was in flight and one process was killed: the exposure is one. */
		expect(sent.length).toBeLessThanOrEqual(2);
		expect(reports.length).toBeGreaterThanOrEqual(1);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		console.log(`sent ${sent.length}×, reported ${reports.length}×`);
	}

	/** The gateway's answer, or null if there was none: then the gateway has accepted nothing. */
	async function attempt(fields: Record<string, unknown>): Promise<Posted | null> {
		const answer = await client.post(fields).catch(() => null);
		return answer === null || answer.status >= 500 ? null : answer;
	}

	/** Retries as a client does, until there is an answer. */
	const retry = async (fields: Record<string, unknown>) =>
		await eventually(
			async () => await attempt(fields),
			(answer) => answer !== null,
		);

	/** Sends a message that must be accepted, by a gateway that may be starting; returns its id. */
	async function send(recipient: string, fields: Record<string, unknown> = {}): Promise<string> {
		const taken = await retry({ client_message_id: randomUUID(), recipient, ...fields });
		expect(taken?.status).toBe(201);
		return String(taken?.body["message_id"]);
	}

	let recipients = 0;
	/** A number used once. Its last four digits tell the simulated operators to deliver. */
	function aRecipient(prefix = "7701"): string {
		recipients += 1;
		return `${prefix}${String(recipients).padStart(3, "0")}0001`;
	}

	it("after the insert has accepted nothing, and the client's retry gets the stored message", async () => {
		const fields = { client_message_id: randomUUID(), recipient: aRecipient() };
		const killed = killAt("lambdas", "dynamodb", "after", insert);

		expect(await attempt(fields)).toBeNull();
		await killed;
		const retried = await retry(fields);

		expect(retried?.body).toMatchObject({ error_code: "23", message_id: expect.any(String) });
		abandoned.push({ fields, at: Date.now() });
	});

	it("after the send to the lane still has its message delivered", async () => {
		const fields = { client_message_id: randomUUID(), recipient: aRecipient() };
		const killed = killAt("lambdas", "sqs", "after", lane);

		expect(await attempt(fields)).toBeNull();
		await killed;
		const retried = await retry(fields);

		expect(retried?.body).toMatchObject({ error_code: "23" });
		await expectDelivered(String(retried?.body["message_id"]), fields.recipient);
	});

	it.each([
		["after the response, before the submission is stored", "smpp", "dynamodb", "before", submissions],
		["after the submission was stored", "smpp", "dynamodb", "after", submissions],
		["after SENT was stored", "smpp", "dynamodb", "after", update],
		["after the watch row was stored", "smpp", "dynamodb", "after", watchRow],
		["after the lane entry was deleted", "smpp", "sqs", "after", laneDeletion],
		["after the receipt was queued", "smpp", "sqs", "after", receipt],
		["after the final update", "lambdas", "dynamodb", "after", update],
		["after the report was queued", "lambdas", "sqs", "after", report],
		["after the report was confirmed", "lambdas", "dynamodb", "after", confirmation],
	] as const)("%s loses nothing", async (_, process, service, when, matches) => {
		const recipient = aRecipient();
		const killed = killAt(process, service, when, matches);

		const messageId = await send(recipient);
		await killed;

		await expectDelivered(messageId, recipient);
	});

	it("after submit_sm was sent, before its response, sends it once more", async () => {
		const recipient = aRecipient("7708");
		const killed = new Promise<void>((resolve) => {
			smsc.onSubmit = async () => {
				await localStack.kill("smpp");
				resolve();
			};
		});

		const messageId = await send(recipient);
		await killed;

		await expectDelivered(messageId, recipient);
	});

	/** Runs at the second submit_sm from now, when the first segment is already accepted. */
	function onSecondSubmit(act: () => Promise<void>): void {
		smsc.onSubmit = async () => {
			smsc.onSubmit = act;
		};
	}

	/** Expects one successful end and one reference for all segments; returns how often each segment was sent. */
	async function segmentsSent(messageId: string, recipient: string): Promise<readonly number[]> {
		const message = await client.untilReported(messageId);
		expect(message).toMatchObject({ message_status: "DELIVERED", segment_count: 3, sent_count: 3, delivery_count: 3 });
		const parts = smsc.submits.filter((submit) => submit.recipient === recipient).map(({ octets }) => octets);
		expect(new Set(parts.map((octets) => octets.subarray(0, 5).toString("hex"))).size).toBe(1);
		const reports = receivedReports.filter(({ message_id }) => String(message_id) === messageId);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		const times = [1, 2, 3].map((place) => parts.filter((octets) => octets[5] === place).length);
		console.log(`segments sent ${times.join(", ")}×, reported ${reports.length}×`);
		return times;
	}

	const longText = { message_text: "x".repeat(400) };

	it("between two segments of a long message sends it whole again, and the handset can join it (A30, A33)", async () => {
		const recipient = aRecipient("7708");
		/* Its own record: that of the message before may come just now. */
		const ownSubmission = calls("BatchWriteItem", new RegExp(`#${recipient.slice(1)}#`));
		const killed = killAt("smpp", "dynamodb", "after", ownSubmission);
		onSecondSubmit(async () => await killed);

		const messageId = await send(recipient, longText);
		await killed;

		const [first = 0, second = 0, third = 0] = await segmentsSent(messageId, recipient);
		/* The killed process's exposure is sent once more, and nothing else. */
		expect([first, third]).toEqual([2, 1]);
		expect(second).toBeGreaterThanOrEqual(1);
		expect(second).toBeLessThanOrEqual(2);
	});

	it("after a long message's progress was stored sends only the rest (A30, A33, R33)", async () => {
		const recipient = aRecipient("7708");
		const killed = killAt("smpp", "dynamodb", "after", update);
		onSecondSubmit(async () => smsc.drop());

		const messageId = await send(recipient, longText);
		await killed;

		expect(await segmentsSent(messageId, recipient)).toEqual([1, 2, 1]);
		expect((await client.get(messageId))["retry_count"]).toBe(1);
	});

	it("whose bind failed does not send the rest of a long message on that bind (A30, A33, R33)", async () => {
		const recipient = aRecipient("7708");
		onSecondSubmit(async () => smsc.drop());

		const messageId = await send(recipient, longText);

		expect(await segmentsSent(messageId, recipient)).toEqual([1, 2, 1]);
		expect((await client.get(messageId))["retry_count"]).toBe(1);
	});

	it("after the report was posted, before its answer, reports again", async () => {
		const recipient = aRecipient();
		const killed = new Promise<void>((resolve) => {
			onPost = async () => {
				await localStack.kill("lambdas");
				resolve();
			};
		});

		const messageId = await send(recipient);
		await killed;

		await expectDelivered(messageId, recipient);
	});

	/** A Retry-After so long that the report has to wait in a slot. */
	const longSeconds = 800;

	/** Every row of a report that waits in a slot, as slot and shard. */
	async function waitingReports(): Promise<readonly string[]> {
		const dynamodb = awsJson("dynamodb", localStack.endpoints.dynamodb, localRegion);
		const answer = await dynamodb("Scan", { TableName: localStack.plan.tables["slots"]?.name, ConsistentRead: true });
		const { Items } = answer as { Items: { slot_shard: { S: string }; id: { S: string } }[] };
		return Items.filter(({ id }) => id.S.startsWith("report-")).map(({ slot_shard }) => slot_shard.S);
	}

	async function checkShardOf(slotShard = ""): Promise<void> {
		const [slot = "", shard] = slotShard.split("#");
		const sqs = awsJson("sqs", localStack.endpoints.sqs, localRegion);
		const dueShards = Object.values(localStack.plan.queues).find(({ name }) => name.endsWith("-due-shards"));
		const QueueUrl = `${localStack.endpoints.sqs}/000000000000/${dueShards?.name}`;
		const dueShard = { slot: Date.parse(slot), shard: Number(shard) };
		await sqs("SendMessage", { QueueUrl, MessageBody: JSON.stringify(dueShard) });
	}

	it("after a report was stored in its slot still reports it (A40)", async () => {
		const recipient = aRecipient();
		busyFor = String(longSeconds);
		const killed = killAt("lambdas", "dynamodb", "after", reportRow);

		const messageId = await send(recipient);
		await killed;

		await expectDelivered(messageId, recipient);
		/* The queue entry's attempt is confirmed, so the check of the row finds nothing left to report. */
		const [row, ...others] = await waitingReports();
		await checkShardOf(row);
		const left = await eventually(waitingReports, (rows) => rows.length === 0);
		expect([others, left]).toEqual([[], []]);
	});

	it("after a report was queued from its slot, before its row is removed, reports it (A40)", async () => {
		const recipient = aRecipient();
		busyFor = String(longSeconds);
		const messageId = await send(recipient);
		const [row] = await eventually(waitingReports, (rows) => rows.length === 1);
		const informedBefore = (await client.get(messageId)).is_informed;
		const killed = killAt("lambdas", "sqs", "after", triedReport);

		await checkShardOf(row);
		await killed;

		await expectDelivered(messageId, recipient);
		expect(informedBefore).toBeNull();
		expect(await eventually(waitingReports, (rows) => rows.length === 0)).toEqual([]);
	});

	it("after the insert leaves a message that the client's retry queues a minute later", async () => {
		for (const { fields, at } of abandoned) {
			await eventually(
				async () => Date.now() - at,
				(age) => age > 61_000,
			);

			const retried = await retry(fields);

			expect(retried?.body).toMatchObject({ error_code: "23" });
			await expectDelivered(String(retried?.body["message_id"]), String(fields["recipient"]));
		}
		expect(abandoned).toHaveLength(1);
	});
});
