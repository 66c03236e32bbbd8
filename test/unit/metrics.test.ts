import { describe, expect, it } from "vitest";
import { sqsAccountQueueSource } from "#shared/aws/sqs/sqs-account-queues.ts";
import { sqsReports } from "#shared/aws/sqs/sqs-reports.ts";
import { countedLog } from "#shared/counted-log.ts";
import type { Log } from "#shared/log.ts";
import { instrumentedMessages } from "#shared/usecases/message/instrumented-messages.ts";
import { instrumentedBind } from "#smpp/operators/instrumented-bind.ts";
import type { Bind } from "#smpp/operators/keep-bind.ts";
import { logState, measureState, measureWaiting } from "#smpp/operators/operator-metrics.ts";
import type { SubmitOutcome } from "#smpp/operators/submit-outcome.ts";
import { aMessage, aSentMessage, mondayAtEleven } from "#test/fakes/builders.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import { sqsClientOf } from "#test/simulation/aws/engine-clients.ts";
import { sqsEngine } from "#test/simulation/aws/sqs-engine.ts";

type Line = { readonly event: string; readonly fields: unknown };

function aLog(): Log & { readonly lines: Line[] } {
	const lines: Line[] = [];
	const record = (event: string, fields?: unknown) => void lines.push({ event, fields });
	return { lines, info: record, warn: record, error: record };
}

describe("a log that emits metrics", () => {
	it("writes every event, and counts or measures those in its table", () => {
		const [log, metrics] = [aLog(), memoryMetrics()];
		const counted = countedLog(log, metrics);

		counted.warn("receipt.orphaned", { operator: "kcell", receipts: 3 });
		counted.info("report.confirmed", { report_batch: "p", lag_ms: 70 });
		counted.error("report.given_up", { report_batch: "p" });
		counted.info("service.started");

		expect(metrics.counted).toEqual({ "ReceiptsOrphaned kcell": 3, ReportsConfirmed: 1, ReportsGivenUp: 1 });
		expect(metrics.measured).toEqual({ ReportLag: [70] });
		expect(log.lines.map(({ event }) => event)).toEqual([
			"receipt.orphaned",
			"report.confirmed",
			"report.given_up",
			"service.started",
		]);
	});
});

describe("an instrumented message store", () => {
	it("counts each accepted message once by channel, and logs its id", async () => {
		const [log, metrics] = [aLog(), memoryMetrics()];
		const store = instrumentedMessages(
			memoryMessages(() => mondayAtEleven),
			{ log, metrics },
			"smpp",
		);
		const [first, ended] = [aMessage(), aMessage({ status: "UNDELIVERABLE" })];

		await store.insert([first, ended]);
		await store.insert([aMessage({ messageId: first.messageId })]);

		expect(metrics.counted).toEqual({ "MessagesAccepted smpp": 1 });
		expect(log.lines).toEqual([
			{
				event: "messages.accepted",
				fields: { user_name: first.userName, operator: "kcell", messages: 1, message_ids: [first.messageId] },
			},
		]);
	});

	it("measures each message's delay from the time when it may be sent, and counts final statuses", async () => {
		const [log, metrics] = [aLog(), memoryMetrics()];
		const store = instrumentedMessages(
			memoryMessages(() => mondayAtEleven),
			{ log, metrics },
			"rest",
		);
		const scheduled = aMessage({ schedule: mondayAtEleven + 60_000 });
		await store.insert([scheduled]);
		const sent = { status: "SENT" as const, sentAt: mondayAtEleven + 60_250 };

		await store.change([{ message: scheduled, change: sent }]);
		await store.change([{ message: scheduled, change: { ...sent, sentAt: sent.sentAt + 1 } }]);
		await store.change([{ message: { ...scheduled, ...sent, revision: 1 }, change: { status: "DELIVERED" } }]);

		expect(metrics.measured).toEqual({ "SubmitDelay kcell": [250] });
		expect(metrics.counted).toMatchObject({ "MessagesDelivered kcell": 1 });
		const loggedEvents = log.lines.map(({ event }) => event);
		expect(loggedEvents).toEqual(["messages.accepted", "messages.submitted", "messages.ended"]);
	});
});

describe("an instrumented message store, by the latency objectives,", () => {
	it.each([
		["in time at its limit", 10_000, "SubmitsInTime urgent"],
		["late a moment after it", 10_001, "SubmitsLate urgent"],
	])("counts a submit %s", async (_, delayMs, counted) => {
		const metrics = memoryMetrics();
		const store = instrumentedMessages(
			memoryMessages(() => mondayAtEleven),
			{ log: aLog(), metrics },
			"smpp",
		);
		const urgent = aMessage({ priority: 2, acceptedAt: mondayAtEleven });
		await store.insert([urgent]);

		await store.change([{ message: urgent, change: { status: "SENT", sentAt: mondayAtEleven + delayMs } }]);

		expect(metrics.counted).toMatchObject({ [counted]: 1 });
	});

	it("counts a message that expires before it is submitted as late, and one that expires later once", async () => {
		const metrics = memoryMetrics();
		const store = instrumentedMessages(
			memoryMessages(() => mondayAtEleven),
			{ log: aLog(), metrics },
			"smpp",
		);
		const [waiting, sent] = [aMessage({ priority: 0 }), aSentMessage(["a"], { priority: 0 })];
		await store.insert([waiting, sent]);

		await store.change([
			{ message: waiting, change: { status: "EXPIRED" } },
			{ message: sent, change: { status: "EXPIRED" } },
		]);

		expect(metrics.counted).toMatchObject({ "SubmitsLate bulk": 1 });
		expect(metrics.counted).not.toHaveProperty("SubmitsInTime bulk");
	});
});

describe("an instrumented bind", () => {
	it("counts each outcome, and measures the SMSC's round trip of accepted submits", async () => {
		const metrics = memoryMetrics();
		const outcomes: SubmitOutcome[] = [
			{ kind: "accepted", smscId: "1" },
			{ kind: "throttled", commandStatus: 88 },
			{ kind: "refused", commandStatus: 11 },
			{ kind: "temporary", commandStatus: 8 },
			{ kind: "reconnect", commandStatus: 4 },
			{ kind: "unknown" },
			{ kind: "unsent" },
		];
		const bind: Bind = {
			bound: true,
			submit: async () => outcomes.shift() ?? { kind: "unsent" },
			renew: () => {},
			stop: async () => {},
		};
		let now = 0;
		const counted = instrumentedBind(bind, "kcell", metrics, () => {
			now += 5;
			return now;
		});
		const submit = { source_addr: "a", destination_addr: "7", data_coding: 0, short_message: Buffer.of() };

		for (let tries = 0; tries < 7; tries += 1) await counted.submit(submit);

		expect(metrics.counted).toEqual({
			"SubmitsAccepted kcell": 1,
			"SubmitsThrottled kcell": 1,
			"SubmitsRefused kcell": 3,
			"SubmitsUnanswered kcell": 1,
		});
		expect(metrics.measured).toEqual({ "SubmitRoundTrip kcell": [5] });
	});
});

describe("the state of an operator's binds", () => {
	const state = {
		exposure: 7,
		leasedBinds: [
			{ bindIndex: 0, bound: true, inFlight: 3, tps: 50 },
			{ bindIndex: 1, bound: false, inFlight: 0, tps: 25 },
		],
	};

	it("is one metric for all binds and one log line for the operator", () => {
		const [log, metrics] = [aLog(), memoryMetrics()];

		measureState("kcell", state, metrics);
		logState("kcell", state, log);

		expect(metrics.measured).toEqual({
			"BindsHeld kcell": [2],
			"BindsUp kcell": [1],
			"WindowInUse kcell": [3],
			"SubmitRate kcell": [75],
			"Exposure kcell": [7],
		});
		expect(log.lines).toEqual([
			{ event: "operator.state", fields: { operator: "kcell", exposure: 7, binds: state.leasedBinds } },
		]);
	});
});

it("the waiting age of an operator is measured even if nothing waits: missing data means a stalled task", () => {
	const metrics = memoryMetrics();

	measureWaiting("kcell", { urgentMs: 0, bulkMs: 7, receiveGapMs: 9 }, metrics);

	expect(metrics.measured).toEqual({
		"UrgentUnsubmittedAge kcell": [0],
		"BulkUnsubmittedAge kcell": [7],
		"LaneReceiveGap kcell": [9],
	});
});

describe("an account's report batch that reached its queue's maximum of receives", () => {
	it("is counted, since it moves to the dead-letter queue next", async () => {
		const metrics = memoryMetrics();
		const engine = sqsEngine([{ url: "queue", arn: "arn", visibilitySeconds: 0, retentionSeconds: 60 }], {
			newId: () => "id",
		});
		const client = sqsClientOf((operation, input) => engine.execute(operation, input, 0));
		const source = sqsAccountQueueSource(client, client, countedLog(aLog(), metrics));
		await sqsReports(client, "queue").send([{ reportBatchId: "p", userName: "demo", messageIds: [1] }]);
		const receive = async () => await source.receive("queue", 0, new AbortController().signal);

		for (let receives = 1; receives < 1_000; receives += 1) await receive();
		const early = { ...metrics.counted };
		await receive();

		expect([early, metrics.counted]).toEqual([{}, { AccountReportsExhausted: 1 }]);
	});
});
