import { describe, expect, it, onTestFinished } from "vitest";
import { countedLog } from "#shared/counted-log.ts";
import type { Account } from "#shared/domain/accounts/account.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { retentionMaxMs } from "#shared/domain/message/retention.ts";
import type { ReportBatch } from "#shared/domain/reports/report-batches.ts";
import { pause } from "#shared/flow/pause.ts";
import type { AccountQueueSource, WaitingReportBatch } from "#shared/usecases/reports/account-queues.ts";
import { deliverSmOutcome } from "#smpp/clients/deliver-sm-outcome.ts";
import type { DeliverSmRequest } from "#smpp/clients/deliver-sm-requests.ts";
import type { Receiver } from "#smpp/clients/receiver.ts";
import { openReceivers } from "#smpp/clients/receivers.ts";
import {
	backOffAfterFailure,
	leaveDelaySeconds,
	leavesMax,
	noBackOff,
	redeliveryDelaySeconds,
} from "#smpp/clients/session-back-off.ts";
import type { RequestOutcome } from "#smpp/session/in-flight.ts";
import type { ResponsePdu } from "#smpp/wire/pdu.ts";
import { anAccount, anIncomingMessage, aSentMessage } from "#test/fakes/builders.ts";
import { settled, stepMs, until, useManualTime } from "#test/fakes/manual-time.ts";
import { memoryCounter } from "#test/fakes/memory-counter.ts";
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

/**
 * A queue in memory that shows its waiting, held and removed entries. `visibilitySet` are the visibility timeouts set.
 * @param hidesMs for each second of them.
 */
function aQueue(reportBatches: readonly ReportBatch[], hidesMs = 0) {
	const waiting: WaitingReportBatch[] = reportBatches.map((reportBatch, index) => ({
		reportBatch,
		handle: `h${index}`,
		receives: 1,
	}));
	const held = new Map<string, WaitingReportBatch>();
	const removed: string[] = [];
	const visibilitySet: number[] = [];
	let seed = 1;
	/** Of several tasks that wait, any may be the next to receive. */
	const takeTurns = async (signal: AbortSignal) => {
		seed = (seed * 16_807) % 2_147_483_647;
		await pause(stepMs * (1 + (seed % (hidesMs > 0 ? 4 : 1))), signal);
	};
	const source: AccountQueueSource = {
		async receive(_, __, signal) {
			if (hidesMs > 0) await takeTurns(signal);
			while (waiting.length === 0 && !signal.aborted) await takeTurns(signal);
			const delivered = waiting.splice(0, 10);
			for (const one of delivered) held.set(one.handle, one);
			return delivered;
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
				visibilitySet.push(seconds);
				const again = () => one && waiting.push({ ...one, receives: one.receives + 1 });
				if (seconds * hidesMs === 0) again();
				else setTimeout(again, seconds * hidesMs);
			}
		},
	};
	return { source, waiting, held, removed, visibilitySet };
}

const visibilitySeconds = 77;

let receiversMade = 0;

/** A session that gives these answers in turn, then the last one again. */
function aReceiver(account: Account, windowMax: number, ...answers: (RequestOutcome | Promise<RequestOutcome>)[]) {
	receiversMade += 1;
	const delivered: DeliverSmRequest[] = [];
	let inFlight = 0;
	let inFlightMax = 0;
	const receiver: Receiver = {
		account,
		session: `task#${receiversMade}`,
		address: "203.0.113.7",
		windowMax,
		get inFlight() {
			return inFlight;
		},
		async deliver(request) {
			delivered.push(request);
			inFlight += 1;
			inFlightMax = Math.max(inFlightMax, inFlight);
			const answer = await (answers[Math.min(delivered.length, answers.length) - 1] ?? ok);
			inFlight -= 1;
			return answer;
		},
	};
	return { receiver, delivered, inFlightMax: () => inFlightMax };
}

/** A spread would copy the value of `inFlight`. */
const withParts = (receiver: Receiver, parts: Partial<Pick<Receiver, "session" | "address">>) =>
	Object.assign(receiver, parts);

type Parts = {
	readonly interim?: boolean;
	/** Who submitted each message, by its index. */
	readonly origin?: (index: number) => Message["smpp"];
	readonly live?: readonly string[];
	readonly hidesMs?: number;
};

async function receiversWith(reportBatchSizes: readonly number[], parts: Parts = {}) {
	const smpp = {
		bindsMax: 4,
		windowMax: 50,
		networks: null,
		reportsQueueUrl: "http://sqs/own",
		reportsBy: "smpp" as const,
	};
	const account = anAccount({ smpp, webhook: null });
	const messages = memoryMessages();
	const incoming = memoryIncoming();
	const reportBatches: ReportBatch[] = [];
	for (const [index, size] of reportBatchSizes.entries()) {
		const own = Array.from({ length: size }, (_, place) =>
			aSentMessage(["a"], {
				...{ userName: account.userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER },
				smpp: parts.origin?.(place) ?? null,
			}),
		);
		await messages.insert(own);
		const messageIds = own.map(({ messageId }) => messageId);
		const interim = parts.interim && { interim: { status: "SENT" as const, at: 1 } };
		reportBatches.push({ reportBatchId: `batch-${index}`, userName: account.userName, messageIds, ...interim });
	}
	const queue = aQueue(reportBatches, parts.hidesMs);
	const confirmations = memoryReportBatches();
	const log = memoryLog();
	const counted: string[] = [];
	const { measure, measured } = memoryMetrics();
	const metrics = { count: (name: string) => void counted.push(name), measure };
	const options = {
		messages,
		incoming,
		reportBatches: confirmations,
		source: queue.source,
		visibilitySeconds,
		liveSessions: async () => new Set(parts.live),
		retentionMs: 1_000,
		now: stoppedClock(),
		monotonic: () => performance.now(),
		chance: () => 0.5,
		drainMs: 50,
		counter: memoryCounter(),
		metrics,
		log: countedLog(log, metrics),
	};
	const receivers = openReceivers(options);
	onTestFinished(async () => await settled(receivers.stop()));
	return { account, incoming, reportBatches, queue, confirmations, log, counted, measured, options, receivers };
}

const idsOf = (delivered: readonly DeliverSmRequest[]) =>
	delivered.map(({ fields }) => Number(/id:(\d+)/.exec(String(fields?.short_message))?.[1]));

describe("the sessions of an account", () => {
	it("receive each message of each report batch, which is then deleted (A47, A38)", async () => {
		const { account, reportBatches, queue, confirmations, receivers, counted, log, options } = await receiversWith([
			3, 1, 100,
		]);
		const { receiver, delivered } = aReceiver(account, 50);
		receivers.add(receiver);

		await until(() => queue.removed.length === 3);

		expect(idsOf(delivered).sort()).toEqual(reportBatches.flatMap(({ messageIds }) => messageIds).sort());
		for (const { reportBatchId, messageIds } of reportBatches)
			expect(confirmations.rows.get(reportBatchId)).toEqual(new Set(messageIds));
		expect(counted).toEqual(["ReportsConfirmed", "ReportsConfirmed", "ReportsConfirmed"]);
		expect(options.counter.entries.map(({ measure }) => measure)).toEqual(Array(104).fill("reported"));
		const logged = log.events.filter(({ event }) => event === "report.confirmed").map(({ fields }) => fields);
		expect(logged).toEqual(
			expect.arrayContaining(
				reportBatches.map(({ userName, reportBatchId, messageIds }) => {
					return { user_name: userName, report_batch: reportBatchId, message_ids: messageIds };
				}),
			),
		);
	});

	it("have their confirmations recorded for as long as any message can be kept (A38, A50)", async () => {
		const { account, queue, options } = await receiversWith([1]);
		const kept: number[] = [];
		const confirm: typeof options.reportBatches.confirm = async (_, at, keepUntil) => void kept.push(keepUntil - at);
		const receivers = openReceivers({ ...options, reportBatches: { ...options.reportBatches, confirm } });
		onTestFinished(async () => await settled(receivers.stop()));
		receivers.add(aReceiver(account, 50).receiver);

		await until(() => queue.removed.length === 1);

		expect(kept).toEqual([retentionMaxMs(options.retentionMs)]);
	});

	it("take turns, and none gets more than its window (A47)", async () => {
		const { account, queue, receivers } = await receiversWith([60]);
		const slow = Array.from({ length: 60 }, async () => {
			await pause(2, new AbortController().signal);
			return ok;
		});
		const [one, other] = [aReceiver(account, 3, ...slow), aReceiver(account, 5, ...slow)];
		receivers.add(one.receiver);
		receivers.add(other.receiver);

		await until(() => queue.removed.length === 1);

		expect([one.inFlightMax(), other.inFlightMax()]).toEqual([3, 5]);
		expect(one.delivered.length + other.delivered.length).toBe(60);
	});

	const from = (session: string | null, address = "203.0.113.7") => ({
		...{ session, address, reference: null, receiptId: null, messageClass: null },
	});

	it("receive the reports of what they submitted, however busy they are, while they are bound", async () => {
		const { account, reportBatches, queue, receivers } = await receiversWith([60], {
			origin: (index) => from(`own#${index % 3}`),
		});
		const slow = Array.from({ length: 60 }, async () => {
			await pause(2, new AbortController().signal);
			return ok;
		});
		const [one, other] = [aReceiver(account, 1, ...slow), aReceiver(account, 50)];
		receivers.add(withParts(one.receiver, { session: "own#0" }));
		receivers.add(withParts(other.receiver, { session: "own#1" }));

		await until(() => queue.removed.length === 1);

		const ids = reportBatches[0]?.messageIds ?? [];
		const bySubmitter = (session: number) => ids.filter((_, index) => index % 3 === session);
		const [toOne, toOther] = [idsOf(one.delivered), idsOf(other.delivered)];
		expect(toOne).toEqual(expect.arrayContaining(bySubmitter(0)));
		expect(toOther).toEqual(expect.arrayContaining(bySubmitter(1)));
		expect(toOne.length + toOther.length).toBe(60);
		expect(toOne.filter((id) => bySubmitter(1).includes(id))).toEqual([]);
	});

	it("receive the reports of a transmitter, or of a session that is gone, at the same address first", async () => {
		const { account, queue, receivers } = await receiversWith([20], {
			origin: (index) => from(index % 2 === 0 ? null : "gone#1", "198.51.100.1"),
		});
		const [near, far] = [aReceiver(account, 50), aReceiver(account, 50)];
		receivers.add(far.receiver);
		receivers.add(withParts(near.receiver, { address: "198.51.100.1" }));

		await until(() => queue.removed.length === 1);

		expect([near.delivered.length, far.delivered.length]).toEqual([20, 0]);
	});

	it("leave the reports of a session at another task to that task, while it lives and takes them", async () => {
		const origin = (index: number) => from(index === 0 ? "away#1" : null);
		const { account, reportBatches, queue, receivers } = await receiversWith([2], { origin, live: ["away#1"] });
		const { receiver, delivered } = aReceiver(account, 50);
		receivers.add(receiver);
		const [away = 0, here = 0] = reportBatches[0]?.messageIds ?? [];

		await until(() => queue.visibilitySet.length === 3);
		const early = idsOf(delivered);
		await until(() => queue.removed.length === 1);

		expect(early).toEqual([here]);
		expect(idsOf(delivered)).toEqual([here, away]);
	});

	it.each([
		[5, 300],
		[60, 300],
	])(
		"receive all their own reports, whatever sessions other tasks have: answers after %i ms, %i reports",
		async (ms, reports) => {
			const sizes = Array.from({ length: reports }, () => 1);
			const live = ["own#1", "other#1"];
			const { account, queue, options, receivers } = await receiversWith(sizes, {
				...{ origin: () => from("own#1"), live, hidesMs: 1_000 },
			});
			const others = openReceivers(options);
			onTestFinished(async () => await settled(others.stop()));
			const [own, other] = [aReceiver(account, 1), aReceiver(account, 50)];
			const { deliver } = own.receiver;
			const slowly: typeof deliver = async (request) => {
				await pause(ms, new AbortController().signal);
				return await deliver(request);
			};
			receivers.add(Object.assign(withParts(own.receiver, { session: "own#1" }), { deliver: slowly }));
			others.add(withParts(other.receiver, { session: "other#1" }));

			await until(() => queue.removed.length === reports);

			expect([own.delivered.length, other.delivered.length]).toEqual([reports, 0]);
		},
	);

	it("receive a report once although its batch is queued twice at the same time", async () => {
		const { account, reportBatches, queue, receivers } = await receiversWith([1]);
		const [reportBatch] = reportBatches;
		if (reportBatch !== undefined) queue.waiting.push({ reportBatch, handle: "again", receives: 1 });
		const { receiver, delivered } = aReceiver(account, 50);
		receivers.add(receiver);

		await until(() => queue.removed.length === 2);

		expect(delivered).toHaveLength(1);
	});

	it.each([
		["refuses temporarily", answered(0x64)],
		["does not know deliver_sm", answered(3, "generic_nack")],
		["never answers", { kind: "timed_out" } as const],
		["disconnects", { kind: "disconnected" } as const],
		["could not be sent the report", { kind: "unsent" } as const],
	])("receive a report when another session %s (A47)", async (_, outcome) => {
		const { account, reportBatches, queue, confirmations, receivers } = await receiversWith([1]);
		const [bad, good] = [aReceiver(account, 1, outcome), aReceiver(account, 1)];
		receivers.add(bad.receiver);
		await until(() => bad.delivered.length === 1);
		receivers.add(good.receiver);

		await until(() => queue.removed.length === 1);

		expect(idsOf(good.delivered)).toEqual(reportBatches[0]?.messageIds);
		expect(confirmations.rows.get("batch-0")?.size).toBe(1);
	});

	it("return a report refused three times to the queue, and get it again only when it is redelivered (A47)", async () => {
		const { account, reportBatches, queue, confirmations, receivers } = await receiversWith([2]);
		const [first = 0, second = 0] = reportBatches[0]?.messageIds ?? [];
		const busy = answered(0x64);
		const { receiver, delivered } = aReceiver(account, 1, ok, busy, busy, busy, ok);
		receivers.add(receiver);

		await until(() => queue.removed.length === 1);

		expect(idsOf(delivered)).toEqual([first, second, second, second, second]);
		expect(queue.visibilitySet).toEqual([0]);
		expect(confirmations.rows.get("batch-0")).toEqual(new Set([first, second]));
	});

	it.each([
		["refuses for good", answered(0x65)],
		["rejects", answered(0x66)],
		["cannot be sent in a PDU", { kind: "unencodable", reason: "x" } as const],
	])("do not receive again a report that a session %s: it is given up (A47)", async (_, outcome) => {
		const { account, queue, confirmations, log, counted, receivers } = await receiversWith([1]);
		const { receiver, delivered } = aReceiver(account, 1, outcome);
		receivers.add(receiver);

		await until(() => queue.removed.length === 1);

		expect(delivered.length).toBe(1);
		expect(confirmations.rows.get("batch-0")?.size).toBe(1);
		const attempts = (await confirmations.of(["batch-0"])).get("batch-0");
		expect(attempts?.confirmed?.refused?.messageIds.size).toBe(1);
		expect(counted).toContain("ReportsGivenUp");
		const events = log.events.map(({ event }) => event);
		expect(events).toContain("report.refused");
		expect(events).not.toContain("report.confirmed");
	});

	it("lose nothing when the last one closes: unanswered reports go back at once, and to the next session (A47)", async () => {
		const { account, reportBatches, queue, confirmations, receivers } = await receiversWith([3, 2]);
		const pending = Promise.withResolvers<RequestOutcome>();
		const first = aReceiver(account, 2, ok, pending.promise);
		receivers.add(first.receiver);
		await until(() => first.delivered.length >= 3);

		receivers.remove(first.receiver);
		pending.resolve({ kind: "disconnected" });
		await until(() => queue.waiting.length > 0 && queue.held.size === 0);
		const known = confirmations.rows.get("batch-0")?.size ?? 0;
		const next = aReceiver(account, 50);
		receivers.add(next.receiver);
		await until(() => queue.removed.length === 2);

		expect(known).toBe(1);
		expect(next.delivered.length).toBe(4);
		expect(queue.visibilitySet.every((seconds) => seconds === 0)).toBe(true);
		for (const { reportBatchId, messageIds } of reportBatches)
			expect(confirmations.rows.get(reportBatchId)).toEqual(new Set(messageIds));
	});

	it("measure the age of each report that they refuse", async () => {
		const { account, receivers, options, measured } = await receiversWith([1]);
		options.now.advance(5_000);
		const { receiver, delivered } = aReceiver(account, 1, answered(0x64), ok);
		receivers.add(receiver);
		await until(() => delivered.length === 2);

		/* The message ended a second after the test's clock began. */
		expect(measured["UnreportedAge"]).toEqual([4_000]);
	});

	it.each([
		["one that is refused", 1, [answered(0x64), ok], 1],
		["three that fail together", 3, [answered(0x64), { kind: "timed_out" }, { kind: "disconnected" }, ok], 3],
		["one that no session could send", 1, [{ kind: "unsent" }, ok], 0],
	] as const)("count each failed try of a report once: %s", async (_, reports, answers, failed) => {
		const { account, receivers, queue, counted, log } = await receiversWith([reports]);
		receivers.add(aReceiver(account, reports, ...answers).receiver);

		await until(() => queue.removed.length === 1);

		expect(counted.filter((name) => name === "ReportsUnconfirmed").length).toBe(failed);
		expect(log.events.filter(({ event }) => event === "report.unconfirmed").length).toBe(failed);
	});

	it("are not waited for beyond the limit when the task stops (A47)", async () => {
		const { account, queue, receivers } = await receiversWith([1]);
		const { receiver, delivered } = aReceiver(account, 1, new Promise(() => undefined));
		receivers.add(receiver);
		await until(() => delivered.length === 1);

		await settled(receivers.stop());
		receivers.add(aReceiver(account, 1).receiver);

		expect(queue.waiting.map(({ receives }) => receives)).toEqual([2]);
		expect(queue.held.size).toBe(0);
	});

	it("receive nothing twice when a confirmation is not stored at first (A47)", async () => {
		const { account, queue, options, confirmations } = await receiversWith([]);
		const messages = [1, 2].map(() =>
			aSentMessage(["a"], { userName: account.userName, status: "DELIVERED", keepUntil: Number.MAX_SAFE_INTEGER }),
		);
		await options.messages.insert(messages);
		let failures = 3;
		const confirm: typeof confirmations.confirm = async (...given) => {
			failures -= 1;
			if (failures >= 0) throw new Error("unavailable");
			await confirmations.confirm(...given);
		};
		const receivers = openReceivers({ ...options, reportBatches: { ...confirmations, confirm } });
		onTestFinished(async () => await settled(receivers.stop()));
		const { receiver, delivered } = aReceiver(account, 10);
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

		expect(delivered.length).toBe(2);
		expect(confirmations.rows.get("p")?.size).toBe(2);
	});

	it.each([
		["encoded", 9e15],
		["read", undefined],
	])(
		"receive the other reports when a message cannot be %s: its report batch returns to the queue and ends in the dead-letter queue",
		async (what, acceptedAt) => {
			const { account, queue, options, log, receivers } = await receiversWith([]);
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
			const { receiver, delivered } = aReceiver(account, 10);

			receivers.add(receiver);
			await until(() => queue.removed.length === 1 && givenBack.length > 0);

			expect(idsOf(delivered)).toEqual([good.messageId]);
			expect([queue.removed, givenBack]).toEqual([["x1"], ["x0"]]);
			expect(log.events.map(({ event }) => event)).toContain("account_report.encode_failed");
		},
	);

	it("receive messages from subscribers, a long one in parts on one session, in order (A47, R40)", async () => {
		const { account, incoming, queue, confirmations, receivers } = await receiversWith([]);
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
			.map(({ delivered }) => delivered.map(({ fields }) => fields?.short_message?.[5]))
			.filter((own) => own.length > 0);
		expect(parts).toEqual([[1, 2, 3]]);
		expect(confirmations.rows.get("mo")).toEqual(new Set([message.messageId]));
	});

	it("never receive another account's messages, even if both have the same queue by mistake (A47)", async () => {
		const { account, reportBatches, queue, log, receivers } = await receiversWith([1]);
		const otherAccount = aReceiver({ ...account, userName: "stranger" }, 10);
		receivers.add(otherAccount.receiver);

		await until(() => log.events.some(({ event }) => event === "account_report.wrong_account"));

		expect(otherAccount.delivered).toEqual([]);
		expect([...queue.held.values()].map(({ reportBatch }) => reportBatch)).toEqual(reportBatches);
	});

	it("do not receive an account's reports that go to its webhook", async () => {
		const { queue, receivers, account } = await receiversWith([1]);
		receivers.add(aReceiver({ ...account, smpp: null }, 10).receiver);
		await settled(receivers.stop());

		expect([queue.waiting.length, queue.held.size]).toEqual([1, 0]);
	});
});

describe("the pauses of a report batch that is left to another task", () => {
	it.each([0, 0.5, 1])("are one to six seconds, and two minutes together: with the chance %d", (chance) => {
		const seconds = Array.from({ length: leavesMax }, (_, index) => leaveDelaySeconds(index + 1, chance));

		expect([Math.min(...seconds), Math.max(...seconds)]).toEqual([1, chance === 0 ? 4 : chance === 1 ? 6 : 5]);
		expect(Math.abs(seconds.reduce((sum, one) => sum + one) - 120)).toBeLessThanOrEqual(30);
	});
});

describe("the pauses of a failing session", () => {
	it("grow from half a second to half a minute, and simultaneous failures count once (A47)", () => {
		let [backOff, now] = [noBackOff, 0];
		const pauses = Array.from({ length: 9 }, () => {
			backOff = backOffAfterFailure(backOff, now, 0.5);
			expect(backOffAfterFailure(backOff, backOff.until - 1, 0.5)).toBe(backOff);
			const pause = backOff.until - now;
			now = backOff.until;
			return pause;
		});

		expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
	});

	it("keep a report batch below a thousand receives in the fourteen days of its queue (A47)", () => {
		const receives = Array.from({ length: 1_000 }, (_, index) => index + 1);
		const seconds = receives.map((count) => redeliveryDelaySeconds(count, 0));

		expect(seconds.slice(0, 4)).toEqual([0, 0, 0, 2]);
		expect(Math.max(...receives.map((count) => redeliveryDelaySeconds(count, 1)))).toBe(1_800);
		expect(seconds.reduce((sum, one) => sum + one)).toBeGreaterThan(14 * 24 * 3_600);
	});
});

it("a generic_nack is not a confirmation (A47)", () => {
	expect(deliverSmOutcome(answered(0, "generic_nack")).kind).toBe("failed");
});
