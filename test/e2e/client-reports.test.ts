import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import smpp from "smpp";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { awsEnv } from "#local/aws-env.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { startChild } from "#local/processes/child.ts";
import { freePort } from "#local/wire/listen.ts";
import { dynamoShortCodes } from "#shared/aws/dynamo/dynamo-short-codes.ts";
import { dynamoClient } from "#shared/aws/transport/aws-clients.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { MessageFields } from "#smpp/wire/pdu.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { type Client, clientOf, eventually } from "./client.ts";
import { openEngineProxy } from "./engine-proxy.ts";
import { openTestStack } from "./local-stack.ts";

/**
 * Reports to a client's own SMPP sessions, through the whole local stack. Whatever happens to a session or its task,
 * each message is reported at least once and the client's confirmation is stored.
 */

type Esme = {
	readonly session: Session;
	/** Ids of the messages whose receipts it received, and every deliver_sm that it received. */
	readonly receiptIds: string[];
	readonly delivered: MessageFields[];
};

/** Never answers, so the deliver_sm stays in flight until its session closes. */
const never = () => new Promise<SmppResponse>(() => undefined);
const ok = (): SmppResponse => ({ command_status: 0 });

describe("reports over a client's own SMPP sessions", () => {
	let localStack: LocalStack;
	let client: Client;
	let engineProxy: Awaited<ReturnType<typeof openEngineProxy>>;

	beforeAll(async () => {
		engineProxy = await openEngineProxy();
		localStack = await openTestStack({
			/* Work of a killed task becomes visible sooner than on AWS. */
			stage: { laneVisibilitySeconds: 3 },
			accounts: [
				{
					account: {
						user_name: "bound",
						senders: [{ name: "SMSGW" }],
						default_time_bounds: "full",
						smpp: { binds: 16, window: 5 },
					},
					password: "bound",
					reportsBySmpp: true,
				},
			],
			endpoints: (process, service, url) =>
				process === "smpp" && service === "dynamodb" ? engineProxy.before(url) : url,
		});
		client = clientOf(localStack, "bound");
	});
	afterAll(async () => {
		await localStack?.stop();
		engineProxy?.close();
	});

	async function tryBind(port: number, answer: () => SmppResponse | Promise<SmppResponse>): Promise<Esme | null> {
		const receiptIds: string[] = [];
		const delivered: MessageFields[] = [];
		const session = openSession(connect(port, "127.0.0.1"), {
			side: "esme",
			limits: defaultSessionLimits,
			serve: async ({ command, fields }) => {
				if (command !== "deliver_sm") return ok();
				delivered.push(fields);
				receiptIds.push(/^id:(\d+) /.exec(String(fields.short_message))?.[1] ?? "no id");
				return await answer();
			},
			log: () => undefined,
			now: () => performance.now(),
		});
		const fields = { system_id: "bound", password: "bound", interface_version: 0x34 };
		const outcome = await session.request({ command: "bind_receiver", fields });
		const isBound = outcome.kind === "answered" && outcome.response.command_status === 0;
		if (!isBound) session.close("no bind");
		return isBound ? { session, receiptIds, delivered } : null;
	}

	/** Binds as soon as a task accepts it; closes after the test. */
	async function anEsme(port: number, answer: () => SmppResponse | Promise<SmppResponse> = ok): Promise<Esme> {
		const esme = await eventually(
			async () => await tryBind(port, answer),
			(one) => one !== null,
			20_000,
		);
		if (esme === null) throw new Error("never");
		onTestFinished(() => esme.session.close("the test is over"));
		return esme;
	}

	const receiptText = /^id:\d+ sub:001 dlvrd:001 submit date:\d{10} done date:\d{10} stat:DELIVRD err:000 text:Hello$/;
	const ended = async (id: string) => await client.until(id, ({ message_status }) => message_status === "DELIVERED");
	const sendSome = async (count: number) =>
		await Promise.all(Array.from({ length: count }, async () => await client.send()));
	const until = async (holds: () => boolean) =>
		await eventually(
			async () => holds(),
			(held) => held,
		);

	it("arrive as SMPP receipts at a client of another library that binds after the delivery (A47, A38)", async () => {
		const id = await client.send({ message_text: "Hello" });
		expect((await ended(id)).is_informed).toBeNull();

		const session = smpp.connect({ host: "127.0.0.1", port: localStack.smppPort }, () => {
			session.send(new smpp.PDU("bind_transceiver", { system_id: "bound", password: "bound" }));
		});
		onTestFinished(() => session.destroy());
		const receipts: Record<string, unknown>[] = [];
		session.on("deliver_sm", (pdu) => {
			receipts.push({ ...pdu });
			session.send(pdu.response());
		});

		expect((await client.untilReported(id)).is_informed).toBe("Y");
		const [receipt] = receipts;
		expect(receipts.length).toBe(1);
		expect(receipt).toMatchObject({
			source_addr: "77010000000",
			destination_addr: "SMSGW",
			esm_class: 4,
			receipted_message_id: id,
			message_state: 2,
		});
		expect(receipt?.["short_message"]).toEqual({ message: expect.stringMatching(receiptText) });
	});

	it("arrive together with subscribers' messages, whose text is unchanged (R5, A47, A48)", async () => {
		const here = { endpoint: localStack.endpoints.dynamodb, region: localRegion };
		const dynamo = dynamoClient({ ...here, credentials: { accessKeyId: "local", secretAccessKey: "local" } });
		const table = localStack.plan.tables["short-codes"]?.name ?? "";
		await dynamoShortCodes(dynamo, table, memoryLog()).put({ shortCode: "7070", keyword: null, userName: "bound" });
		dynamo.destroy();
		const esme = await anEsme(localStack.smppPort);

		const moMessage = { sender: "77010000009", recipient: "7070", text: "Сәлем" };
		await fetch(`${localStack.operatorsControlUrl}/mo?operator=kcell`, {
			method: "POST",
			body: JSON.stringify(moMessage),
		});
		await until(() => esme.delivered.some(({ destination_addr }) => destination_addr === "7070"));

		const [own] = esme.delivered.filter(({ destination_addr }) => destination_addr === "7070");
		expect(own).toMatchObject({ source_addr: "77010000009", esm_class: 0, data_coding: 8 });
		expect(
			Buffer.from(own?.short_message ?? [])
				.swap16()
				.toString("utf16le"),
		).toBe("Сәлем");
	});

	it("survive a session that closes with some in flight, and a session that refuses them (A47)", async () => {
		const first = await anEsme(localStack.smppPort, never);
		const ids = await sendSome(8);
		await until(() => first.receiptIds.length === 5);
		first.session.close("falls");

		const refusing = await anEsme(localStack.smppPort, () => ({ command_status: 0x64 }));
		await until(() => refusing.receiptIds.length > 0);
		const good = await anEsme(localStack.smppPort);
		for (const id of ids) await client.untilReported(id);

		expect(new Set(good.receiptIds)).toEqual(new Set(ids));
	});

	it("arrive once each at a session that answers slowly (A47)", async () => {
		const waiting: (() => void)[] = [];
		const slow = async (): Promise<SmppResponse> => {
			await new Promise<void>((resolve) => waiting.push(resolve));
			return ok();
		};
		const esme = await anEsme(localStack.smppPort, slow);
		const ids = await sendSome(12);
		await Promise.all(ids.map(ended));
		await until(() => waiting.length === 5);
		const most: number[] = [];
		while (esme.receiptIds.length < 12 || waiting.length > 0) {
			await until(() => waiting.length > 0);
			most.push(waiting.length);
			waiting.shift()?.();
		}
		for (const id of ids) await client.untilReported(id);

		expect([...esme.receiptIds].sort()).toEqual([...ids].sort());
		expect(Math.max(...most)).toBe(5);
	});

	it("are sent again if the task is killed before it stores the confirmation (A47)", async () => {
		const first = await anEsme(localStack.smppPort);
		const killed = engineProxy.at(
			"before",
			({ operation, body }) => operation === "UpdateItem" && /-reports"/.test(body),
			async () => await localStack.kill("smpp"),
		);
		const id = await client.send();
		await killed;
		expect(first.receiptIds).toEqual([id]);
		expect((await client.get(id)).is_informed).toBeNull();

		const second = await anEsme(localStack.smppPort);
		await client.untilReported(id);

		expect(new Set(second.receiptIds)).toEqual(new Set([id]));
	});

	it("follow a session that moves to another task, without loss (A47)", async () => {
		const port = await freePort();
		const log = openSync("/dev/null", "w");
		const { plan, endpoints } = localStack;
		const env = {
			...awsEnv(endpoints, localRegion),
			...plan.service.env,
			SMSCS: "{}",
			SMPP_HOST: "127.0.0.1",
			SMPP_PORT: String(port),
		};
		const other = startChild({ entry: plan.service.entry, env, logFd: log });
		onTestFinished(async () => {
			await other.stop(5_000);
			closeSync(log);
		});
		const first = await anEsme(localStack.smppPort, never);
		const ids = await sendSome(7);
		await until(() => first.receiptIds.length === 5);

		first.session.close("moves");
		const second = await anEsme(port);
		for (const id of ids) await client.untilReported(id);

		expect(new Set(second.receiptIds)).toEqual(new Set(ids));
	});
});
