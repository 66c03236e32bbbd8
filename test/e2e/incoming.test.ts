import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayProcess, LocalStack } from "#local/local-stack-options.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import { gsm7Characters } from "#shared/domain/message/gsm7.ts";
import { validatorOf } from "#test/described-answers.ts";
import { eventually, type Report } from "./client.ts";
import { type Call, type EngineProxy, openEngineProxy } from "./engine-proxy.ts";
import { openLocalStack } from "./local-stack.ts";
import { type MovedClock, movedClock } from "./moved-clock.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

type Incoming = Record<string, unknown> & { readonly message_id: number; readonly sender: string };
type Service = "dynamodb" | "sqs";

const isIncoming = validatorOf("IncomingReports");

const calls = (operation: string, text: RegExp) => (call: Call) => call.operation === operation && text.test(call.body);
const queued = calls("SendMessageBatch", /kind\\*":\\*"parts/);
const messageWritten = calls("BatchWriteItem", /"message#/);
const reportQueued = calls("SendMessageBatch", /incoming\\*":true/);

/** As long as may be: no machine is so slow that a part comes later than its message waits for it. */
const incomingWaitSeconds = 900;

describe("a message from a subscriber", () => {
	let localStack: LocalStack;
	let clock: MovedClock;
	const smsc = anSmsc();
	const engineProxies = new Map<string, EngineProxy>();

	beforeAll(async () => {
		const port = await portOf(smsc.server);
		for (const process of ["lambdas", "smpp"] as const) {
			for (const service of ["dynamodb", "sqs"] as const) engineProxies.set(process + service, await openEngineProxy());
		}
		clock = movedClock();
		localStack = await openLocalStack({
			preload: clock.preload,
			stage: { incomingVisibilitySeconds: 3, incomingWaitSeconds },
			operators: { altel: { ...anSmscLogin, port, binds: 2 } },
			endpoints: (process, service, url) => engineProxies.get(process + service)?.before(url) ?? url,
		});
		await eventually(
			async () => smsc.sessions.length,
			(bound) => bound === 2,
		);
	});
	afterAll(async () => {
		await localStack?.stop();
		clock?.close();
		for (const engineProxy of engineProxies.values()) engineProxy.close();
		smsc.close();
	});

	const aSender = () => `7708${String(randomInt(10 ** 7)).padStart(7, "0")}`;

	/** Every report of what this subscriber sent, in the order that they came. */
	async function reportsOf(sender: string): Promise<readonly (Incoming & { readonly path: string })[]> {
		const reports = (await (await fetch(`${localStack.sinkUrl}/received`)).json()) as Report[];
		const strange = reports.find(({ body }) => !isIncoming(body));
		if (strange) throw new Error(`not described: ${JSON.stringify(strange.body)}`);
		return reports
			.flatMap(({ path, body }) =>
				(body as { incoming_report: Incoming[] }).incoming_report.map((one) => ({ ...one, path })),
			)
			.filter((one) => one.sender === sender);
	}

	const untilReported = async (sender: string) =>
		await eventually(
			async () => await reportsOf(sender),
			(reports) => reports.length > 0,
		);

	/** A subscriber of a simulated operator sends it. */
	async function send(sender: string, text: string, operator = "kcell"): Promise<void> {
		const url = `${localStack.operatorsControlUrl}/mo?operator=${operator}`;
		const answer = await fetch(url, { method: "POST", body: JSON.stringify({ sender, recipient: "9090", text }) });
		expect(answer.status).toBe(204);
	}

	type PartFields = { readonly sender: string; readonly reference: number; readonly total: number; sequence: number };

	/** One part in UCS-2, on one of the test's own SMSC's binds; resolves when it was answered, with what. */
	async function deliver(bind: number, { sender, reference, total, sequence }: PartFields, text: string) {
		const octets = Buffer.from(text, "utf16le").swap16();
		return await smsc.deliver(bind, {
			source_addr: sender,
			destination_addr: "9090",
			esm_class: 0x40,
			data_coding: 8,
			short_message: Buffer.concat([Buffer.of(5, 0, 3, reference, total, sequence), octets]),
		});
	}

	it("is reported with all that the document says (R40, A48)", async () => {
		const sender = aSender();

		await send(sender, "исходящее от абонента");

		const [report, ...others] = await untilReported(sender);
		expect(others).toEqual([]);
		expect(report).toEqual({
			path: "/demo",
			message_id: expect.any(Number),
			sender,
			recipient: "9090",
			text: "исходящее от абонента",
			segment_count: 1,
			receive_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
			rn_code: "02",
		});
	});

	it("goes to the account of its keyword, whatever its case (A48)", async () => {
		const sender = aSender();

		await send(sender, "  demo2, please");

		expect(await untilReported(sender)).toMatchObject([{ path: "/demo2", text: "  demo2, please" }]);
	});

	it("is joined from parts that come out of order over two binds (A48)", async () => {
		const sender = aSender();
		const parts = ["Первая часть, ", "вторая часть, ", "третья."];
		const of = { sender, reference: 7, total: 3 };

		for (const [bind, sequence] of [
			[0, 3],
			[1, 1],
			[0, 2],
			[1, 2],
		] as const) {
			await deliver(bind, { ...of, sequence }, parts[sequence - 1] ?? "");
		}

		expect(await untilReported(sender)).toMatchObject([
			{ text: parts.join(""), segment_count: 3, rn_code: "07", path: "/demo" },
		]);
	});

	it("keeps the first 1,500 characters of a longer one (R41)", async () => {
		const sender = aSender();
		const text = "я🐫".repeat(900);

		await send(sender, text);

		const [report] = await untilReported(sender);
		expect(report?.["text"]).toBe([...text].slice(0, 1_500).join(""));
		expect(report?.["segment_count"]).toBeGreaterThan(30);
	});

	it("is read by the alphabet that it was written in, extension and all", async () => {
		const sender = aSender();
		const text = "{€} ~ [£5]";
		const septets = gsm7Characters(text)?.flat() ?? [];

		await smsc.deliver(0, { source_addr: `+${sender}`, destination_addr: "9090", short_message: Buffer.from(septets) });

		expect(await untilReported(sender)).toMatchObject([{ text }]);
	});

	it.each([
		["smpp", "sqs", "when its last part was queued and not answered", queued],
		["lambdas", "dynamodb", "when it was written and not reported", messageWritten],
		["lambdas", "sqs", "when its report was queued, and its entry was not deleted", reportQueued],
	] as const)("is not lost if %s is killed (%s) %s: one message_id", async (process, service, _, matches) => {
		const sender = aSender();
		const of = { sender, reference: 1, total: 2 };
		await deliver(0, { ...of, sequence: 1 }, "a");
		const killed = engineProxies.get(process + (service satisfies Service))?.at("after", matches, async () => {
			await localStack.kill(process satisfies GatewayProcess);
		});

		/* As SMSCs do: what was not confirmed is offered again. */
		const delivered = eventually(
			async () => await deliver(0, { ...of, sequence: 2 }, "b").catch(() => undefined),
			(status) => status === 0,
		);
		await killed;
		await delivered;

		const reports = await untilReported(sender);
		expect(new Set(reports.map(({ message_id }) => message_id)).size).toBe(1);
		expect(reports[0]).toMatchObject({ text: "ab", segment_count: 2 });
		console.log(`reported ${reports.length}×`);
	});

	it("is reported with the parts that there are where one never comes (A48)", async () => {
		const sqs = awsJson("sqs", localStack.endpoints.sqs, "eu-central-1");
		const QueueUrl = localStack.plan.queues["incoming"]?.url;
		/** How many entries wait or are being worked off, and how many are to come at their time. */
		const entries = async () => {
			const AttributeNames = ["", "NotVisible", "Delayed"].map((kind) => `ApproximateNumberOfMessages${kind}`);
			const { Attributes } = await sqs("GetQueueAttributes", { QueueUrl, AttributeNames });
			const [waiting = 0, held = 0, delayed = 0] = AttributeNames.map((name) => Number((Attributes as never)[name]));
			return { underWay: waiting + held, delayed };
		};
		const workedOff = async () => await eventually(entries, ({ underWay }) => underWay === 0);
		const sender = aSender();
		const before = await workedOff();

		await deliver(0, { sender, reference: 9, total: 3, sequence: 1 }, "начало ");
		await deliver(0, { sender, reference: 9, total: 3, sequence: 3 }, "конец");
		const { delayed } = await workedOff();
		const early = await reportsOf(sender);
		/* The entry that is to look after them comes later than anybody would wait here: another does so in its place. */
		const of = { operator: "altel", sender, recipient: "9090", reference: 9, total: 3 } as const;
		clock.moveTo(clock.now() + incomingWaitSeconds * 1_000);
		const overdue: IncomingEntry = { kind: "overdue", of };
		await sqs("SendMessage", { QueueUrl, MessageBody: JSON.stringify(overdue) });

		expect(await untilReported(sender)).toMatchObject([{ text: "начало конец", segment_count: 2 }]);
		/* Each part's function may be the one that begins the message: both may send an entry that looks after it. */
		expect(delayed - before.delayed).toBeGreaterThanOrEqual(1);
		expect(early).toEqual([]);
	});
});
