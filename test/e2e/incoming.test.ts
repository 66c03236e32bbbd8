import { randomInt } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalStack } from "#local/local-stack-options.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import { gsm7Characters } from "#shared/domain/message/gsm7.ts";
import { validatorOf } from "#test/described-answers.ts";
import { eventually, type ReportRequest } from "./client.ts";
import { calls, type EngineProxies, openEngineProxies } from "./engine-proxies.ts";
import { openTestStack } from "./local-stack.ts";
import { type MovedClock, movedClock } from "./moved-clock.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

type Incoming = Record<string, unknown> & { readonly message_id: number; readonly sender: string };
const isIncoming = validatorOf("IncomingReports");

const queued = calls("SendMessageBatch", /kind\\*":\\*"parts/);
const messageWritten = calls("BatchWriteItem", /"message#/);
const reportQueued = calls("SendMessageBatch", /incoming\\*":true/);

/** The longest possible wait, so that no part comes too late on a slow machine. */
const incomingWaitSeconds = 900;

describe("a message from a subscriber", () => {
	let localStack: LocalStack;
	let clock: MovedClock;
	const smsc = anSmsc();
	let engineProxies: EngineProxies;

	beforeAll(async () => {
		const port = await portOf(smsc.server);
		engineProxies = await openEngineProxies();
		clock = movedClock();
		localStack = await openTestStack({
			preload: clock.preload,
			stage: { incomingVisibilitySeconds: 3, incomingWaitSeconds },
			operators: { altel: { ...anSmscLogin, port, binds: 2 } },
			endpoints: engineProxies.endpoints,
		});
		await eventually(
			async () => smsc.sessions.length,
			(bound) => bound === 2,
		);
	});
	afterAll(async () => {
		await localStack?.stop();
		clock?.close();
		engineProxies?.close();
		smsc.close();
	});

	const aSender = () => `7708${String(randomInt(10 ** 7)).padStart(7, "0")}`;

	/** Every report of what this subscriber sent, in order of arrival. */
	async function reportsOf(sender: string): Promise<readonly (Incoming & { readonly path: string })[]> {
		const reports = (await (await fetch(`${localStack.sinkUrl}/received`)).json()) as ReportRequest[];
		const undescribed = reports.find(({ body }) => !isIncoming(body));
		if (undescribed) throw new Error(`not described: ${JSON.stringify(undescribed.body)}`);
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

	/** Sends the text as a subscriber of a simulated operator. */
	async function send(sender: string, text: string, operator = "kcell"): Promise<void> {
		const url = `${localStack.operatorsControlUrl}/mo?operator=${operator}`;
		const answer = await fetch(url, { method: "POST", body: JSON.stringify({ sender, recipient: "9090", text }) });
		expect(answer.status).toBe(204);
	}

	type PartFields = { readonly sender: string; readonly reference: number; readonly total: number; sequence: number };

	/** Delivers one UCS-2 part on a bind of the test's SMSC; resolves with the command_status of its response. */
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

	it("is reported with all fields of the API document (R40, A48)", async () => {
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

	it("goes to the account of its keyword in any case (A48)", async () => {
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

	it("is cut to its first 1,500 characters (R41)", async () => {
		const sender = aSender();
		const text = "я🐫".repeat(900);

		await send(sender, text);

		const [report] = await untilReported(sender);
		expect(report?.["text"]).toBe([...text].slice(0, 1_500).join(""));
		expect(report?.["segment_count"]).toBeGreaterThan(30);
	});

	it("is decoded with the GSM alphabet and its extension table", async () => {
		const sender = aSender();
		const text = "{€} ~ [£5]";
		const septets = gsm7Characters(text)?.flat() ?? [];

		await smsc.deliver(0, { source_addr: `+${sender}`, destination_addr: "9090", short_message: Buffer.from(septets) });

		expect(await untilReported(sender)).toMatchObject([{ text }]);
	});

	it.each([
		["smpp", "sqs", "after its last part was queued, before its response", queued],
		["lambdas", "dynamodb", "after it was stored, before its report", messageWritten],
		["lambdas", "sqs", "after its report was queued, before its entry is deleted", reportQueued],
	] as const)("is not lost if %s is killed (%s) %s, and keeps one message_id", async (process, service, _, matches) => {
		const sender = aSender();
		const of = { sender, reference: 1, total: 2 };
		await deliver(0, { ...of, sequence: 1 }, "a");
		const killed = engineProxies.of(process, service).at("after", matches, async () => {
			await localStack.kill(process);
		});

		/* As an SMSC does: offer again what was not confirmed. */
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

	it("is reported with the parts that arrived if one never comes (A48)", async () => {
		const sqs = awsJson("sqs", localStack.endpoints.sqs, "eu-central-1");
		const QueueUrl = localStack.plan.queues["incoming"]?.url;
		/** The number of entries that wait or are in flight, and of those that are delayed. */
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
		/* The delayed entry would come only after the full wait, so an undelayed one takes its place. */
		const of = { operator: "altel", sender, recipient: "9090", reference: 9, total: 3 } as const;
		clock.moveTo(clock.now() + incomingWaitSeconds * 1_000);
		const overdue: IncomingEntry = { kind: "overdue", of };
		await sqs("SendMessage", { QueueUrl, MessageBody: JSON.stringify(overdue) });

		expect(await untilReported(sender)).toMatchObject([{ text: "начало конец", segment_count: 2 }]);
		/* Either part's function may have stored the group first, so both may have sent a delayed entry. */
		expect(delayed - before.delayed).toBeGreaterThanOrEqual(1);
		expect(early).toEqual([]);
	});
});
