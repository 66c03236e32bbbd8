import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { type Client, clientOf, eventually, type Posted, type ReportedMessage, submitted } from "./client.ts";
import { type Call, type EngineProxy, openEngineProxy, type When } from "./engine-proxy.ts";
import { openLocalStack } from "./local-stack.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * Kills a process of the gateway (SIGKILL) between each pair of steps of a message's way, and holds it to its invariant: nothing that
 * was promised is lost, a message is sent again at most as often as it was exposed, it ends once, and is reported at least once.
 */

type Service = "dynamodb" | "sqs";

const calls = (operation: string, text: RegExp) => (call: Call) => call.operation === operation && text.test(call.body);

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

const services: readonly Service[] = ["dynamodb", "sqs"];
const processes: readonly GatewayProcess[] = ["lambdas", "smpp"];

describe("a process that is killed", () => {
	let localStack: LocalStack;
	let client: Client;
	const engineProxies = new Map<string, EngineProxy>();
	const told: ReportedMessage[] = [];
	/** Done once, when the next report arrives that no POST brought before, ahead of its answer. */
	let onPost: (() => Promise<void>) | undefined;
	/** What that report is answered, in the place of a confirmation. */
	let busyFor: string | undefined;
	const webhook = createServer(async (request, response) => {
		const reports: readonly ReportedMessage[] = JSON.parse(await text(request)).delivery_report;
		/* A killed process leaves reports that come again, in the midst of a later test. */
		const isRepeat = reports.every(({ message_id }) => told.some((one) => one.message_id === message_id));
		told.push(...reports);
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
		for (const process of processes)
			for (const service of services) engineProxies.set(process + service, await openEngineProxy());
		localStack = await openLocalStack({
			/* What a killed process held comes back sooner than in the cloud; nothing else differs. */
			stage: {
				laneVisibilitySeconds: 3,
				leaseSeconds: 3,
				receiptsVisibilitySeconds: 3,
				reportsVisibilitySeconds: 6,
				dueShardsVisibilitySeconds: 3,
			},
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
			endpoints: (process, service, url) => engineProxies.get(process + service)?.before(url) ?? url,
		});
		client = clientOf(localStack, "crash");
	});
	afterAll(async () => {
		await localStack?.stop();
		for (const engineProxy of engineProxies.values()) engineProxy.close();
		webhook.closeAllConnections();
		webhook.close();
		smsc.close();
	});

	const killAt = async (process: GatewayProcess, service: Service, when: When, matches: (call: Call) => boolean) =>
		await engineProxies.get(process + service)?.at(when, matches, async () => await localStack.kill(process));

	/** The message ended once and well; says how often it was sent and reported. */
	async function expectDelivered(messageId: string, recipient: string): Promise<void> {
		const message = await client.untilReported(messageId);
		expect(message.message_status).toBe("DELIVERED");
		const sent = [...(await submitted(localStack)), ...smsc.submits].filter((submit) => submit.recipient === recipient);
		const reports = told.filter(({ message_id }) => String(message_id) === messageId);
		expect(sent.length).toBeGreaterThanOrEqual(1);
		/* One message was under way: its exposure is one, and it was killed once. */
		expect(sent.length).toBeLessThanOrEqual(2);
		expect(reports.length).toBeGreaterThanOrEqual(1);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		console.log(`sent ${sent.length}×, reported ${reports.length}×`);
	}

	/** The gateway's answer, or null where it gave none: then nothing was promised. */
	async function attempt(fields: Record<string, unknown>): Promise<Posted | null> {
		const answer = await client.post(fields).catch(() => null);
		return answer === null || answer.status >= 500 ? null : answer;
	}

	/** As a client does that got no answer: again, until there is one. */
	const retry = async (fields: Record<string, unknown>) =>
		await eventually(
			async () => await attempt(fields),
			(answer) => answer !== null,
		);

	/** Of a message that was taken, by a gateway that may be on its way up again. */
	async function send(recipient: string, fields: Record<string, unknown> = {}): Promise<string> {
		const taken = await retry({ client_message_id: randomUUID(), recipient, ...fields });
		expect(taken?.status).toBe(201);
		return String(taken?.body["message_id"]);
	}

	let recipients = 0;
	/** A number of its own; by its last four digits it is one that the simulated operators deliver to. */
	function aRecipient(prefix = "7701"): string {
		recipients += 1;
		return `${prefix}${String(recipients).padStart(3, "0")}0001`;
	}

	it("after the insert: nothing was promised, and the client's retry gets the stored message", async () => {
		const fields = { client_message_id: randomUUID(), recipient: aRecipient() };
		const killed = killAt("lambdas", "dynamodb", "after", insert);

		expect(await attempt(fields)).toBeNull();
		await killed;
		const retried = await retry(fields);

		expect(retried?.body).toMatchObject({ error_code: "23", message_id: expect.any(String) });
		abandoned.push({ fields, at: Date.now() });
	});

	it("after the lane was sent to has its message delivered all the same", async () => {
		const fields = { client_message_id: randomUUID(), recipient: aRecipient() };
		const killed = killAt("lambdas", "sqs", "after", lane);

		expect(await attempt(fields)).toBeNull();
		await killed;
		const retried = await retry(fields);

		expect(retried?.body).toMatchObject({ error_code: "23" });
		await expectDelivered(String(retried?.body["message_id"]), fields.recipient);
	});

	it.each([
		["when the response has come, before its submission is written", "smpp", "dynamodb", "before", submissions],
		["after the submission was written", "smpp", "dynamodb", "after", submissions],
		["after SENT was written", "smpp", "dynamodb", "after", update],
		["after the watch row was written", "smpp", "dynamodb", "after", watchRow],
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

	it("when submit_sm was sent, before it is answered, sends it once more", async () => {
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

	/** At the second submit_sm from now: its message's first segment is taken by then. */
	function atSecondSubmit(act: () => Promise<void>): void {
		smsc.onSubmit = async () => {
			smsc.onSubmit = act;
		};
	}

	/** The message ended once and well, all of it under one reference; gives how often each of its segments was sent. */
	async function segmentsSent(messageId: string, recipient: string): Promise<readonly number[]> {
		const message = await client.untilReported(messageId);
		expect(message).toMatchObject({ message_status: "DELIVERED", segment_count: 3, sent_count: 3, delivery_count: 3 });
		const parts = smsc.submits.filter((submit) => submit.recipient === recipient).map(({ octets }) => octets);
		expect(new Set(parts.map((octets) => octets.subarray(0, 5).toString("hex"))).size).toBe(1);
		const reports = told.filter(({ message_id }) => String(message_id) === messageId);
		expect(new Set(reports.map(({ status }) => status))).toEqual(new Set(["DELIVERED"]));
		const times = [1, 2, 3].map((place) => parts.filter((octets) => octets[5] === place).length);
		console.log(`segments sent ${times.join(", ")}×, reported ${reports.length}×`);
		return times;
	}

	const long = { message_text: "x".repeat(400) };

	it("between two segments of a long message sends it whole again, and it joins on the handset (A30, A33)", async () => {
		const recipient = aRecipient("7708");
		const killed = killAt("smpp", "dynamodb", "after", submissions);
		atSecondSubmit(async () => await killed);

		const messageId = await send(recipient, long);
		await killed;

		const [first = 0, second = 0, third = 0] = await segmentsSent(messageId, recipient);
		/* What the killed process had handed over is sent once more, and nothing else is. */
		expect([first, third]).toEqual([2, 1]);
		expect(second).toBeGreaterThanOrEqual(1);
		expect(second).toBeLessThanOrEqual(2);
	});

	it("after a long message's progress was stored: the rest is sent from there (A30, A33, R33)", async () => {
		const recipient = aRecipient("7708");
		const killed = killAt("smpp", "dynamodb", "after", update);
		atSecondSubmit(async () => smsc.drop());

		const messageId = await send(recipient, long);
		await killed;

		expect(await segmentsSent(messageId, recipient)).toEqual([1, 2, 1]);
		expect((await client.get(messageId))["retry_count"]).toBe(1);
	});

	it("does not make a long message continue on the bind that failed (A30, A33, R33)", async () => {
		const recipient = aRecipient("7708");
		atSecondSubmit(async () => smsc.drop());

		const messageId = await send(recipient, long);

		expect(await segmentsSent(messageId, recipient)).toEqual([1, 2, 1]);
		expect((await client.get(messageId))["retry_count"]).toBe(1);
	});

	it("when the report was posted, before it is answered, reports again", async () => {
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

	/** Too long for anything but a slot. */
	const longSeconds = 800;

	/** Every row of a report that waits for its slot, by slot and shard. */
	async function waitingReports(): Promise<readonly string[]> {
		const dynamodb = awsJson("dynamodb", localStack.endpoints.dynamodb, localRegion);
		const answer = await dynamodb("Scan", { TableName: localStack.plan.tables["slots"]?.name, ConsistentRead: true });
		const { Items } = answer as { Items: { slot_shard: { S: string }; id: { S: string } }[] };
		return Items.filter(({ id }) => id.S.startsWith("report-")).map(({ slot_shard }) => slot_shard.S);
	}

	/** As the clock does when a slot comes. */
	async function checkShardOf(slotShard = ""): Promise<void> {
		const [slot = "", shard] = slotShard.split("#");
		const sqs = awsJson("sqs", localStack.endpoints.sqs, localRegion);
		const dueShards = Object.values(localStack.plan.queues).find(({ name }) => name.endsWith("-due-shards"));
		const QueueUrl = `${localStack.endpoints.sqs}/000000000000/${dueShards?.name}`;
		const dueShard = { slot: Date.parse(slot), shard: Number(shard) };
		await sqs("SendMessage", { QueueUrl, MessageBody: JSON.stringify(dueShard) });
	}

	it("after a report that must wait was put into its slot reports it all the same (A40)", async () => {
		const recipient = aRecipient();
		busyFor = String(longSeconds);
		const killed = killAt("lambdas", "dynamodb", "after", reportRow);

		const messageId = await send(recipient);
		await killed;

		await expectDelivered(messageId, recipient);
		/* Both its holders are left with nothing: the entry's try was confirmed, and the row's finds that out. */
		const [row, ...others] = await waitingReports();
		await checkShardOf(row);
		const left = await eventually(waitingReports, (rows) => rows.length === 0);
		expect([others, left]).toEqual([[], []]);
	});

	it("after a report was sent back from its slot, before its row is removed, reports it (A40)", async () => {
		const recipient = aRecipient();
		busyFor = String(longSeconds);
		const messageId = await send(recipient);
		const [row] = await eventually(waitingReports, (rows) => rows.length === 1);
		const untold = (await client.get(messageId)).is_informed;
		const killed = killAt("lambdas", "sqs", "after", triedReport);

		await checkShardOf(row);
		await killed;

		await expectDelivered(messageId, recipient);
		expect(untold).toBeNull();
		expect(await eventually(waitingReports, (rows) => rows.length === 0)).toEqual([]);
	});

	it("after the insert leaves a message that its client's retry sends on its way, a minute later", async () => {
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
