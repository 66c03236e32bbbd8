import { describe, expect, it, onTestFinished } from "vitest";
import type { Account } from "#shared/domain/accounts/account.ts";
import { retentionMaxMs } from "#shared/domain/message/retention.ts";
import type { ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { pause } from "#shared/flow/pause.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { deliverSmOutcome } from "#smpp/clients/deliver-sm-outcome.ts";
import type { DeliverSmRequest } from "#smpp/clients/deliver-sm-requests.ts";
import type { Receiver } from "#smpp/clients/receiver.ts";
import { openReceivers } from "#smpp/clients/receivers.ts";
import { backOffAfterFailure, noBackOff, redeliveryDelaySeconds } from "#smpp/clients/session-back-off.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { ResponsePdu } from "#smpp/wire/pdu.ts";
import { anAccount, anIncomingMessage, aSentMessage } from "#test/fakes/builders.ts";
import { ended, stepMs, until, useManualTime } from "#test/fakes/manual-time.ts";
import { memoryIncoming } from "#test/fakes/memory-incoming.ts";
import { memoryMessages } from "#test/fakes/memory-messages.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import { memoryLog, memoryReportBatches, stoppedClock } from "#test/fakes/memory-stores.ts";

useManualTime();

const answered = (command_status: number, command = "deliver_sm_resp"): RequestOutcome => ({
	kind: "answered",
	response: { command, command_status } as ResponsePdu,
});
const ok = answered(0);

/** A queue in memory: what lies in it, what is held, and what was asked. */
function aQueue(reportBatches: readonly ReportBatch[]) {
	const waiting: WaitingReportBatch[] = reportBatches.map((reportBatch, index) => ({
		reportBatch,
		handle: `h${index}`,
		receives: 1,
	}));
	const held = new Map<string, WaitingReportBatch>();
	const removed: string[] = [];
	const absences: number[] = [];
	const source: AccountQueueSource = {
		async receive(_, __, signal) {
			while (waiting.length === 0 && !signal.aborted) await pause(stepMs, signal);
			const got = waiting.splice(0, 10);
			for (const one of got) held.set(one.handle, one);
			return got;
		},
		async remove(_, handles) {
			removed.push(...handles);
			for (const handle of handles) held.delete(handle);
		},
		async hold(_, handles, seconds) {
			if (seconds === visibilitySeconds) return;
			for (const handle of handles) {
				const one = held.get(handle);
				held.delete(handle);
				absences.push(seconds);
				if (one) waiting.push({ ...one, receives: one.receives + 1 });
			}
		},
	};
	return { source, waiting, held, removed, absences };
}

const visibilitySeconds = 77;

/** A session that answers as it is told: by the last of the answers, once there are no others. */
function aReceiver(account: Account, windowMax: number, ...answers: (RequestOutcome | Promise<RequestOutcome>)[]) {
	const got: DeliverSmRequest[] = [];
	let inFlight = 0;
	let most = 0;
	const receiver: Receiver = {
		account,
		windowMax,
		get inFlight() {
			return inFlight;
		},
		async deliver(request) {
			got.push(request);
			inFlight += 1;
			most = Math.max(most, inFlight);
			const answer = await (answers[Math.min(got.length, answers.length) - 1] ?? ok);
			inFlight -= 1;
			return answer;
		},
	};
	return { receiver, got, most: () => most };
}

async function aCase(packSizes: readonly number[], parts: { readonly interim?: boolean } = {}) {
	const smpp = { bindsMax: 4, windowMax: 50, networks: null, reportsQueueUrl: "http://sqs/own" };
	const account = anAccount({ smpp, webhook: null });
	const messages = memoryMessages();
	const incoming = memoryIncoming();
	const reportBatches: ReportBatch[] = [];
	for (const [index, size] of packSizes.entries()) {
		const own = Array.from({ length: size }, () =>
			aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER }),
		);
		await messages.insert(own);
		const messageIds = own.map(({ messageId }) => messageId);
		const interim = parts.interim && { interim: { status: "SENT" as const, at: 1 } };
		reportBatches.push({ reportBatchId: `pack-${index}`, userName: account.userName, messageIds, ...interim });
	}
	const queue = aQueue(reportBatches);
	const told = memoryReportBatches();
	const log = memoryLog();
	const counted: string[] = [];
	const metrics = memoryMetrics();
	const options = {
		messages,
		incoming,
		reportBatches: told,
		source: queue.source,
		visibilitySeconds,
		retentionMs: 1_000,
		now: stoppedClock(),
		monotonic: () => performance.now(),
		chance: () => 0.5,
		drainMs: 50,
		metrics: { count: (name: string) => void counted.push(name), measure: metrics.measure },
		log,
	};
	const receivers = openReceivers(options);
	onTestFinished(async () => await ended(receivers.stop()));
	const { measured } = metrics;
	return { account, incoming, reportBatches, queue, told, log, counted, measured, options, receivers };
}

const idsOf = (got: readonly DeliverSmRequest[]) =>
	got.map(({ fields }) => Number(/id:(\d+)/.exec(String(fields?.short_message))?.[1]));

describe("the sessions of an account", () => {
	it("are told of every message of every report batch, which then is done with (A47, A38)", async () => {
		const { account, reportBatches, queue, told, receivers, counted } = await aCase([3, 1, 100]);
		const { receiver, got } = aReceiver(account, 50);
		receivers.add(receiver);

		await until(() => queue.removed.length === 3);

		expect(idsOf(got).sort()).toEqual(reportBatches.flatMap(({ messageIds }) => messageIds).sort());
		for (const { reportBatchId, messageIds } of reportBatches)
			expect(told.rows.get(reportBatchId)).toEqual(new Set(messageIds));
		expect(counted).toEqual(["ReportsConfirmed", "ReportsConfirmed", "ReportsConfirmed"]);
	});

	it("are known to have been told as long as any message can be kept (A38, A50)", async () => {
		const { account, queue, options } = await aCase([1]);
		const kept: number[] = [];
		const confirm: typeof options.reportBatches.confirm = async (_, at, keepUntil) => void kept.push(keepUntil - at);
		const receivers = openReceivers({ ...options, reportBatches: { ...options.reportBatches, confirm } });
		onTestFinished(async () => await ended(receivers.stop()));
		receivers.add(aReceiver(account, 50).receiver);

		await until(() => queue.removed.length === 1);

		expect(kept).toEqual([retentionMaxMs(options.retentionMs)]);
	});

	it("take turns, and none gets more than its window (A47)", async () => {
		const { account, queue, receivers } = await aCase([60]);
		const slow = Array.from({ length: 60 }, async () => {
			await pause(2, new AbortController().signal);
			return ok;
		});
		const [one, other] = [aReceiver(account, 3, ...slow), aReceiver(account, 5, ...slow)];
		receivers.add(one.receiver);
		receivers.add(other.receiver);

		await until(() => queue.removed.length === 1);

		expect([one.most(), other.most()]).toEqual([3, 5]);
		expect(one.got.length + other.got.length).toBe(60);
	});

	it.each([
		["refuses for now", answered(0x64)],
		["does not know deliver_sm", answered(3, "generic_nack")],
		["never answers", { kind: "timed_out" } as const],
		["falls", { kind: "disconnected" } as const],
		["could not be sent it", { kind: "unsent" } as const],
	])("are told by another where one %s (A47)", async (_, outcome) => {
		const { account, reportBatches, queue, told, receivers } = await aCase([1]);
		const [bad, good] = [aReceiver(account, 1, outcome), aReceiver(account, 1)];
		receivers.add(bad.receiver);
		await until(() => bad.got.length === 1);
		receivers.add(good.receiver);

		await until(() => queue.removed.length === 1);

		expect(idsOf(good.got)).toEqual(reportBatches[0]?.messageIds);
		expect(told.rows.get("pack-0")?.size).toBe(1);
	});

	it("return a report refused three times to the queue, and get it again only when it is redelivered (A47)", async () => {
		const { account, reportBatches, queue, told, receivers } = await aCase([2]);
		const [first = 0, second = 0] = reportBatches[0]?.messageIds ?? [];
		const busy = answered(0x64);
		const { receiver, got } = aReceiver(account, 1, ok, busy, busy, busy, ok);
		receivers.add(receiver);

		await until(() => queue.removed.length === 1);

		expect(idsOf(got)).toEqual([first, second, second, second, second]);
		expect(queue.absences).toEqual([0]);
		expect(told.rows.get("pack-0")).toEqual(new Set([first, second]));
	});

	it.each([
		["never", answered(0x65)],
		["that it rejects", answered(0x66)],
		["nothing that a PDU can carry", { kind: "unencodable", reason: "x" } as const],
	])("are not told again what one will take %s: it counts as told, and is counted (A47)", async (_, outcome) => {
		const { account, queue, told, log, counted, receivers } = await aCase([1]);
		const { receiver, got } = aReceiver(account, 1, outcome);
		receivers.add(receiver);

		await until(() => queue.removed.length === 1);

		expect(got.length).toBe(1);
		expect(told.rows.get("pack-0")?.size).toBe(1);
		expect(counted).toContain("ReportsGivenUp");
		expect(log.events.map(({ event }) => event)).toContain("report.refused");
	});

	it("lose nothing when the last one goes: what was not answered is given back at once, and told to the next (A47)", async () => {
		const { account, reportBatches, queue, told, receivers } = await aCase([3, 2]);
		const falling = Promise.withResolvers<RequestOutcome>();
		const first = aReceiver(account, 2, ok, falling.promise);
		receivers.add(first.receiver);
		await until(() => first.got.length >= 3);

		receivers.remove(first.receiver);
		falling.resolve({ kind: "disconnected" });
		await until(() => queue.waiting.length > 0 && queue.held.size === 0);
		const known = told.rows.get("pack-0")?.size ?? 0;
		const next = aReceiver(account, 50);
		receivers.add(next.receiver);
		await until(() => queue.removed.length === 2);

		expect(known).toBe(1);
		expect(next.got.length).toBe(4);
		expect(queue.absences.every((seconds) => seconds === 0)).toBe(true);
		for (const { reportBatchId, messageIds } of reportBatches)
			expect(told.rows.get(reportBatchId)).toEqual(new Set(messageIds));
	});

	it("tell by each refusal how old the report is that they did not take", async () => {
		const { account, receivers, options, measured } = await aCase([1]);
		options.now.advance(5_000);
		const { receiver, got } = aReceiver(account, 1, answered(0x64), ok);
		receivers.add(receiver);
		await until(() => got.length === 2);

		/* The message ended a second after the case's clock began. */
		expect(measured["UnreportedAge"]).toEqual([4_000]);
	});

	it("are not waited for longer than the limit when the task stops (A47)", async () => {
		const { account, queue, receivers } = await aCase([1]);
		const { receiver, got } = aReceiver(account, 1, new Promise(() => undefined));
		receivers.add(receiver);
		await until(() => got.length === 1);

		await ended(receivers.stop());
		receivers.add(aReceiver(account, 1).receiver);

		expect(queue.waiting.map(({ receives }) => receives)).toEqual([2]);
		expect(queue.held.size).toBe(0);
	});

	it("are told again of what could not be written down, and not of more than that (A47)", async () => {
		const { account, queue, options, told } = await aCase([]);
		const messages = [1, 2].map(() =>
			aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER }),
		);
		await options.messages.insert(messages);
		let failures = 3;
		const confirm: typeof told.confirm = async (...given) => {
			failures -= 1;
			if (failures >= 0) throw new Error("away");
			await told.confirm(...given);
		};
		const receivers = openReceivers({ ...options, reportBatches: { ...told, confirm } });
		onTestFinished(async () => await ended(receivers.stop()));
		const { receiver, got } = aReceiver(account, 10);
		receivers.add(receiver);
		queue.waiting.push({
			reportBatch: {
				reportBatchId: "p",
				userName: account.userName,
				messageIds: messages.map(({ messageId }) => messageId),
			},
			handle: "x",
			receives: 1,
		});

		await until(() => queue.removed.length === 1);

		expect(got.length).toBe(2);
		expect(told.rows.get("p")?.size).toBe(2);
	});

	it.each([
		["put in words", 9e15],
		["read", undefined],
	])(
		"are told of the others where a message cannot be %s: its report batch goes back, to stay in the dead-letter queue in the end",
		async (what, acceptedAt) => {
			const { account, queue, options, log, receivers } = await aCase([]);
			const ended = { userName: account.userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER } as const;
			const [bad, good] = [
				aSentMessage(["a"], { ...ended, ...(acceptedAt && { acceptedAt }) }),
				aSentMessage(["b"], ended),
			];
			await options.messages.insert([bad, good]);
			if (what === "read") options.messages.unreadable.add(bad.messageId);
			for (const [index, { messageId }] of [bad, good].entries()) {
				const reportBatch = { reportBatchId: `p${index}`, userName: account.userName, messageIds: [messageId] };
				queue.waiting.push({ reportBatch, handle: `x${index}`, receives: 1 });
			}
			const givenBack: string[] = [];
			queue.source.hold = async (_, handles) => void givenBack.push(...handles);
			const { receiver, got } = aReceiver(account, 10);

			receivers.add(receiver);
			await until(() => queue.removed.length === 1 && givenBack.length > 0);

			expect(idsOf(got)).toEqual([good.messageId]);
			expect([queue.removed, givenBack]).toEqual([["x1"], ["x0"]]);
			expect(log.events.map(({ event }) => event)).toContain("account_report.encode_failed");
		},
	);

	it("hear of what came in for them, a long one in parts of one session's, in order (A47, R40)", async () => {
		const { account, incoming, queue, told, receivers } = await aCase([]);
		const message = anIncomingMessage({
			userName: account.userName,
			text: "ы".repeat(200),
			keepUntil: Number.MAX_SAFE_INTEGER,
		});
		await incoming.put([message]);
		const sessions = [aReceiver(account, 10), aReceiver(account, 10)];
		for (const { receiver } of sessions) receivers.add(receiver);
		const reportBatch: ReportBatch = {
			reportBatchId: "mo",
			userName: account.userName,
			messageIds: [message.messageId],
			incoming: true,
		};
		queue.waiting.push({ reportBatch, handle: "mo", receives: 1 });

		await until(() => queue.removed.length === 1);

		const parts = sessions
			.map(({ got }) => got.map(({ fields }) => fields?.short_message?.[5]))
			.filter((own) => own.length > 0);
		expect(parts).toEqual([[1, 2, 3]]);
		expect(told.rows.get("mo")).toEqual(new Set([message.messageId]));
	});

	it("never hear of another account's messages, though it has the same queue by mistake (A47)", async () => {
		const { account, reportBatches, queue, log, receivers } = await aCase([1]);
		const stranger = aReceiver({ ...account, userName: "stranger" }, 10);
		receivers.add(stranger.receiver);

		await until(() => log.events.some(({ event }) => event === "account_report.wrong_account"));

		expect(stranger.got).toEqual([]);
		expect([...queue.held.values()].map(({ reportBatch }) => reportBatch)).toEqual(reportBatches);
	});

	it("are not read for where an account's reports go to its webhook", async () => {
		const { queue, receivers, account } = await aCase([1]);
		receivers.add(aReceiver({ ...account, smpp: null }, 10).receiver);
		await ended(receivers.stop());

		expect([queue.waiting.length, queue.held.size]).toEqual([1, 0]);
	});
});

describe("the pauses of a session that fails", () => {
	it("grow from half a second to half a minute, and what fails together counts once (A47)", () => {
		let [rest, now] = [noBackOff, 0];
		const pauses = Array.from({ length: 9 }, () => {
			rest = backOffAfterFailure(rest, now, 0.5);
			expect(backOffAfterFailure(rest, rest.until - 1, 0.5)).toBe(rest);
			const pause = rest.until - now;
			now = rest.until;
			return pause;
		});

		expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
	});

	it("let a report batch outlive the fourteen days of its queue before it was received a thousand times (A47)", () => {
		const receives = Array.from({ length: 1_000 }, (_, index) => index + 1);
		const seconds = receives.map((count) => redeliveryDelaySeconds(count, 0));

		expect(seconds.slice(0, 4)).toEqual([0, 0, 0, 2]);
		expect(Math.max(...receives.map((count) => redeliveryDelaySeconds(count, 1)))).toBe(1_800);
		expect(seconds.reduce((sum, one) => sum + one)).toBeGreaterThan(14 * 24 * 3_600);
	});
});

it("takes no generic_nack for a confirmation (A47)", () => {
	expect(deliverSmOutcome(answered(0, "generic_nack")).kind).toBe("failed");
});
