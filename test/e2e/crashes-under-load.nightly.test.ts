import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { messageOf } from "#shared/aws/dynamo/message-columns.ts";
import {
	aBody,
	type Client,
	type ClientMessage,
	clientOf,
	eventually,
	smscSubmits,
	withConnections,
} from "./client.ts";
import { calls, type EngineProxies, openEngineProxies } from "./engine-proxies.ts";
import type { EngineCall, EngineProxy } from "./engine-proxy.ts";
import { openTestStack, quickTakeover } from "./local-stack.ts";
import { aReportWebhook } from "./report-webhook.ts";
import {
	type AnsweredPost,
	aRetryingEsme,
	postUntilAnswered,
	type RetryingEsme,
	type SubmittedId,
} from "./retrying-clients.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/**
 * Processes are killed (SIGKILL), and engines refuse calls or lose answers, while impatient clients retry. Each
 * accepted message ends and is reported, and the SMSC gets no more copies than the exposure of the killed processes.
 */

const processes: readonly GatewayProcess[] = ["lambdas", "smpp"];

const lane = calls("SendMessageBatch", /lane-altel/);
const insert = calls("BatchExecuteStatement", /INSERT INTO/);

/**
 * 5,000 messages: singles and batches over REST, and submits over SMPP. Half the batches repeat messages of the batch
 * before.
 */
const singlesCount = 2_000;
const batchesCount = 40;
const batchSize = 50;
const sharedSize = 10;
const submitsCount = 1_000;
const total = singlesCount + batchesCount * batchSize + submitsCount;

const connections = 40;

const contract = { tps: 400, window: 50 } as const;
/** What a killed task may have submitted and not recorded: a window and a quarter of a second's rate. */
const exposure = contract.window + contract.tps / 4;

/** One account answers a repeated request with 23, the other replays the first answer (A28). */
const users = { refuse: "refusing", replay: "replaying" } as const;

type Fields = Record<string, unknown> & { readonly client_message_id: string; readonly recipient: string };

type Single = { readonly client: Client; readonly fields: Fields; answered?: AnsweredPost };
type Batch = {
	readonly failFast: boolean;
	readonly own: readonly Fields[];
	/** Messages that the batch before it has too. */
	readonly shared: readonly Fields[];
	answered?: AnsweredPost;
};
type Submit = { readonly esme: RetryingEsme; readonly recipient: string; answered?: SubmittedId };

describe("clients that retry while processes are killed", () => {
	const smsc = anSmsc();
	let engineProxies: EngineProxies;
	const webhook = aReportWebhook();
	const reports = webhook.statuses;
	let localStack: LocalStack;
	let client: Client;
	let smppKills = 0;

	beforeAll(async () => {
		const [url, port] = await Promise.all([webhook.url(), portOf(smsc.server)]);
		engineProxies = await openEngineProxies();
		localStack = await openTestStack({
			stage: { ...quickTakeover, leaseSeconds: 3 },
			operators: { altel: { ...anSmscLogin, port, ...contract } },
			accounts: Object.entries(users).map(([duplicates, user_name]) => ({
				account: {
					user_name,
					senders: [{ name: "SMSGW" }],
					default_time_bounds: "full",
					duplicates: duplicates as keyof typeof users,
					smpp: { binds: 2, window: 50 },
					webhook: { url },
				},
				password: user_name,
			})),
			endpoints: engineProxies.endpoints,
		});
		client = clientOf(localStack, users.refuse);
		planSends();
	});
	afterAll(async () => {
		await localStack?.stop();
		engineProxies?.close();
		webhook.close();
		smsc.close();
	});

	let recipients = 0;
	function aRecipient(prefix = "7708"): string {
		recipients += 1;
		return `${prefix}${String(recipients).padStart(7, "0")}`;
	}

	/** One in ten is long: three segments. */
	const fields = (index: number): Fields => ({
		...aBody(index % 10 === 0 ? { message_text: "x".repeat(400) } : {}),
		client_message_id: randomUUID(),
		recipient: aRecipient(),
	});

	const singles: Single[] = [];
	const batches: Batch[] = [];
	const submits: Submit[] = [];

	/**
	 * In each eight batches, each kind (fail-fast or not) comes twice in a row, and these repeat messages of the batch
	 * before, so each kind meets each kind.
	 */
	const overlapping = [1, 3, 4, 6];

	function aBatch(index: number): Batch {
		const before = overlapping.includes(index % 8) ? batches[index - 1] : undefined;
		return {
			failFast: index % 4 >= 2,
			own: Array.from({ length: batchSize }, (_, place) => fields(place)),
			shared: before?.own.slice(-sharedSize) ?? [],
		};
	}

	let answered = 0;

	async function sendSingle(single: Single): Promise<void> {
		single.answered = await postUntilAnswered(single.client, "/messages", JSON.stringify(single.fields));
		answered += 1;
	}

	async function sendBatch(batch: Batch): Promise<void> {
		const messages = [...batch.shared, ...batch.own];
		const body = JSON.stringify({ messages, "fail-fast": batch.failFast });
		batch.answered = await postUntilAnswered(client, "/batches", body);
		answered += batchSize;
	}

	async function sendSubmit(submit: Submit): Promise<void> {
		submit.answered = await submit.esme.submit({ destination_addr: submit.recipient });
		answered += 1;
	}

	const sends: { readonly at: number; readonly send: () => Promise<void> }[] = [];
	let esmes: readonly RetryingEsme[] = [];

	/** Interleaves all kinds, from the first message to the last. */
	function planSends(): void {
		esmes = [aRetryingEsme(localStack, users.refuse), aRetryingEsme(localStack, users.refuse)];
		for (let index = 0; index < singlesCount; index += 1) {
			const user = index % 2 === 0 ? users.refuse : users.replay;
			singles.push({ client: clientOf(localStack, user), fields: fields(index) });
		}
		for (let index = 0; index < batchesCount; index += 1) batches.push(aBatch(index));
		for (const esme of esmes) {
			for (let index = 0; index < submitsCount / esmes.length; index += 1) {
				submits.push({ esme, recipient: aRecipient() });
			}
		}
		const all = [
			...singles.map((single, index) => ({ at: index / singlesCount, send: async () => await sendSingle(single) })),
			...batches.map((batch, index) => ({ at: index / batchesCount, send: async () => await sendBatch(batch) })),
			...submits.map((submit, index) => ({ at: index / submitsCount, send: async () => await sendSubmit(submit) })),
		];
		sends.push(...all.toSorted((one, other) => one.at - other.at));
	}

	async function kill(process: GatewayProcess): Promise<void> {
		if (process === "smpp") smppKills += 1;
		await localStack.kill(process);
	}

	/** Loses the engine's answers to the next `count` matching calls. */
	async function loseAnswers(
		engineProxy: EngineProxy,
		matches: (call: EngineCall) => boolean,
		count: number,
	): Promise<void> {
		let left = count;
		engineProxy.faultOf = (call) => {
			if (left === 0 || !matches(call)) return undefined;
			left -= 1;
			return "answer";
		};
		await eventually(
			async () => left,
			(none) => none === 0,
		);
	}

	/** Refuses `count` calls, except calls to lanes: an unqueued message waits a quarter of an hour in a slot. */
	async function refuse(engineProxy: EngineProxy, count: number): Promise<void> {
		const least = engineProxy.refused + count;
		engineProxy.refusing = (call) => !lane(call);
		await eventually(
			async () => engineProxy.refused,
			(refused) => refused >= least,
		);
		engineProxy.refusing = () => false;
	}

	/** Each fault comes after an equal share of the messages is answered. */
	const faults: readonly (() => Promise<unknown>)[] = [
		async () => await kill("lambdas"),
		async () => await kill("smpp"),
		async () => await loseAnswers(engineProxies.of("lambdas", "sqs"), lane, 20),
		async () => await kill("lambdas"),
		async () => await loseAnswers(engineProxies.of("lambdas", "dynamodb"), insert, 20),
		async () => await kill("smpp"),
		async () => await refuse(engineProxies.of("lambdas", "dynamodb"), 50),
		async () => await refuse(engineProxies.of("smpp", "sqs"), 50),
		async () => await loseAnswers(engineProxies.of("smpp", "sqs"), lane, 3),
		async () => await Promise.all(processes.map(kill)),
		async () => await kill("lambdas"),
		async () => await kill("smpp"),
	];

	async function injectFaults(): Promise<void> {
		for (const [index, fault] of faults.entries()) {
			await eventually(
				async () => answered,
				(count) => count >= (total * (index + 1)) / (faults.length + 1),
			);
			await fault();
		}
	}

	it("get an answer for every message in the end", async () => {
		await Promise.all([withConnections(sends, connections, async ({ send }) => await send()), injectFaults()]);
		for (const esme of esmes) await esme.unbind();

		const retried = [...singles, ...batches].filter((sent) => (sent.answered?.tries ?? 0) > 1).length;
		const unanswered = submits.reduce((sum, sent) => sum + (sent.answered?.unanswered ?? 0), 0);
		console.log(`${retried} requests were posted again, ${unanswered} submits went unanswered`);
		expect(answered).toBe(total);
		expect(retried).toBeGreaterThan(0);
		expect(unanswered).toBeGreaterThan(0);
		for (const single of singles) expect(promised(single.answered)).toMatch(/^\d+$/);
		for (const batch of batches) expect(["taken", "refused"]).toContain(endOf(batch));
	});

	/** The id of a single message. A retry gets the id that the first request stored (A28). */
	function promised(answered: AnsweredPost | undefined): string {
		const { status, body, tries } = answered ?? {};
		if (status === 201 || (status === 400 && body?.["error_code"] === "23" && Number(tries) > 1)) {
			return String(body?.["message_id"]);
		}
		throw new Error(`${status} ${JSON.stringify(body)}`);
	}

	/** Only a fail-fast batch may be refused for a message that another batch has. */
	function endOf({ failFast, answered }: Batch): string {
		if (answered?.status === 201) return "taken";
		if (failFast && answered?.body["error_code"] === "23") return "refused";
		return `${answered?.status} ${JSON.stringify(answered?.body)}`;
	}

	/**
	 * The first request's send hangs or is refused late. Its client's retry is answered meanwhile; then the first
	 * request fails.
	 */
	async function postAndRetry(priority: number, laneName: RegExp, fault: "call" | "refusal") {
		const fields = { ...aBody({ priority }), recipient: aRecipient("7701") };
		const retried = Promise.withResolvers<void>();
		let sends = 0;
		const faultOf = async (call: EngineCall) => {
			if (!calls("SendMessageBatch", laneName)(call)) return undefined;
			sends += 1;
			/* The retry's own send succeeds. */
			if (sends === 2) return undefined;
			if (fault === "refusal") await retried.promise;
			return fault;
		};
		const answer = (async () => {
			const first = client.post(fields);
			await eventually(
				async () => sends,
				(count) => count === 1,
			);
			const second = await client.post(fields);
			retried.resolve();
			return { first: await first, second, fields };
		})();
		return { faultOf, answer };
	}

	it("keep a message whose first request fails after its retry was answered, and the message is sent (R14, A28)", async () => {
		const tries = await Promise.all([
			postAndRetry(2, /lane-kcell-urgent/, "call"),
			postAndRetry(3, /lane-kcell-emergency/, "refusal"),
		]);
		engineProxies.of("lambdas", "sqs").faultOf = async (call) =>
			(await Promise.all(tries.map(async ({ faultOf }) => await faultOf(call)))).find((fault) => fault !== undefined);

		for (const { answer } of tries) {
			const { first, second, fields } = await answer;
			const id = String(second.body["message_id"]);
			const found = await client.get(id);
			const message = await client.untilReported(id);
			const sent = (await smscSubmits(localStack)).filter(({ recipient }) => recipient === fields.recipient);

			expect(first.status).toBe(503);
			expect([second.status, second.body["error_code"]]).toEqual([400, "23"]);
			expect(found).toMatchObject({ message_id: Number(id) });
			expect(message.message_status).toBe("DELIVERED");
			expect(sent).toHaveLength(1);
		}
	});

	const statusesOf = (ids: readonly string[]) => new Set(ids.flatMap((id) => [...(reports.get(id) ?? ["none"])]));

	const batchRows = async ({ answered }: Batch) =>
		(await client.request("GET", `/batches/${answered?.body["batch_id"]}`)).body as unknown as readonly ClientMessage[];

	const untilReported = async (ids: readonly string[]) =>
		await eventually(
			async () => ids.filter((id) => !reports.has(id)),
			(missing) => missing.length === 0,
			120_000,
		);

	async function expectEnded(by: Client, id: string): Promise<void> {
		expect(await by.untilReported(id)).toMatchObject({ message_id: Number(id), message_status: "DELIVERED" });
	}

	it("have each single message delivered and reported", async () => {
		const ids = singles.map((single) => promised(single.answered));
		await untilReported(ids);

		await withConnections(singles, 20, async (single) => await expectEnded(single.client, promised(single.answered)));

		expect(new Set(ids).size).toBe(singlesCount);
		expect(statusesOf(ids)).toEqual(new Set(["DELIVERED"]));
	});

	it("have each answered submit_sm delivered and reported", async () => {
		const ids = submits.map((submit) => submit.answered?.id ?? "none");
		await untilReported(ids);

		await withConnections(ids, 20, async (id) => await expectEnded(client, id));

		expect(new Set(ids).size).toBe(submitsCount);
		expect(statusesOf(ids)).toEqual(new Set(["DELIVERED"]));
	});

	it("have each accepted batch stored whole, and each of its messages ended and reported (R10, A26)", async () => {
		const shared = sharedIds();
		for (const batch of batches.filter((one) => endOf(one) === "taken")) {
			await untilReported((await batchRows(batch)).map(({ message_id }) => String(message_id)));
			const rows = await batchRows(batch);

			expect(rows.map((row) => row["client_message_id"])).toEqual(
				[...batch.shared, ...batch.own].map((sent) => sent.client_message_id),
			);
			for (const row of rows) {
				const ends = shared.has(String(row["client_message_id"]))
					? ["DELIVERED null", "UNDELIVERABLE 23"]
					: ["DELIVERED null"];
				expect(ends).toContain(`${row.message_status} ${row["error_code"]}`);
				expect(row.is_informed).toBe("Y");
			}
		}
	});

	const sharedIds = () => new Set(batches.flatMap(({ shared }) => shared.map((sent) => sent.client_message_id)));

	it("have each message that two batches share delivered (A26)", async () => {
		for (const id of sharedIds()) {
			const { status, body } = await client.request("GET", `/users/${users.refuse}/client_messages/${id}`);
			expect([status, body["message_status"], body["is_informed"]]).toEqual([200, "DELIVERED", "Y"]);
		}
	});

	it("find nothing of a batch that was refused whole (R27)", async () => {
		const refused = batches.filter((batch) => endOf(batch) === "refused");
		console.log(`${refused.length} batches were refused`);
		const shared = sharedIds();
		const own = refused.flatMap((batch) => batch.own.filter((sent) => !shared.has(sent.client_message_id)));
		for (const { client_message_id: id, recipient } of own) {
			const { status } = await client.request("GET", `/users/${users.refuse}/client_messages/${id}`);
			expect([status, smsc.submits.filter((sent) => sent.recipient === recipient).length]).toEqual([404, 0]);
		}
	});

	it("leave NEW only messages whose id no client received", async () => {
		const dynamodb = awsJson("dynamodb", localStack.endpoints.dynamodb, localRegion);
		const left: { id: string; revision: number; clientMessageId: string | null }[] = [];
		let from: unknown;
		do {
			const page = (await dynamodb("Scan", {
				TableName: localStack.plan.tables["messages"]?.name,
				ConsistentRead: true,
				...(from !== undefined && { ExclusiveStartKey: from }),
			})) as { Items: Parameters<typeof messageOf>[0][]; LastEvaluatedKey?: unknown };
			for (const { messageId, status, revision, clientMessageId } of page.Items.map(messageOf)) {
				if (status === "NEW") left.push({ id: String(messageId), revision, clientMessageId });
			}
			from = page.LastEvaluatedKey;
		} while (from !== undefined);

		console.log(`${left.length} messages of unanswered submits are NEW`);
		/* Messages of a submit_sm that died before it was queued. The client has submitted them again. */
		const answeredIds = new Set(submits.map(({ answered }) => answered?.id));
		expect(
			left.filter(
				({ id, revision, clientMessageId }) => revision > 0 || clientMessageId !== null || answeredIds.has(id),
			),
		).toEqual([]);
	});

	it("have no more copies sent than the killed tasks' exposure and the unanswered submits explain", () => {
		const times = Map.groupBy(smsc.submits, ({ recipient, octets }) => {
			/* A segment of a long message begins with a UDH, whose last octet is the segment's number. */
			const place = octets[0] === 5 && octets[1] === 0 ? octets[5] : 1;
			return `${recipient} ${place}`;
		});
		const copiesMax = new Map<string, number>();
		for (const [segment, sent] of times) {
			const [recipient = ""] = segment.split(" ");
			copiesMax.set(recipient, Math.max(copiesMax.get(recipient) ?? 0, sent.length));
		}
		const unanswered = new Map(submits.map(({ recipient, answered }) => [recipient, answered?.unanswered ?? 0]));
		const copies = [...copiesMax].map(([recipient, most]) => Math.max(0, most - 1 - (unanswered.get(recipient) ?? 0)));
		const sum = copies.reduce((one, other) => one + other, 0);

		console.log(`after ${smppKills} kills of the SMPP service ${sum} messages were sent again`);
		expect(sum).toBeLessThanOrEqual(smppKills * exposure);
	});
});
