import { describe, expect, it } from "vitest";
import type { Message } from "#shared/domain/message/message.ts";
import { ended, receiptApplied } from "#shared/domain/message/message-transitions.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import type { ReceiptBatch } from "#shared/usecases/receipts/receipt-queue.ts";
import { rememberedReports } from "#shared/usecases/reports/remembered-reports.ts";
import { aMessage, aReceipt, aSentMessage, aSubmittedSegment, mondayAtEleven } from "#test/fakes/builders.ts";
import { receiptDepsWith } from "#test/fakes/gateways.ts";

const aReceiptBatch = (receipts: readonly Receipt[], parts: Partial<ReceiptBatch> = {}): ReceiptBatch => ({
	operator: "kcell",
	receipts,
	checks: 0,
	redelivered: false,
	...parts,
});
const statusIn = (deps: { messages: { rows: Map<number, Message> } }, { messageId }: Message) =>
	deps.messages.rows.get(messageId)?.status;

describe("a receipt", () => {
	it("ends its message and has it reported", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		expect(statusIn(deps, message)).toBe("DELIVERED");
		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
		expect([deps.receipts.sent, deps.deadLetters.sent]).toEqual([[], []]);
	});

	it("that comes twice, in one batch or in two, causes one report (A35)", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);
		const twice = [aReceipt({ smscId: "a" }), aReceipt({ smscId: "a" })];

		await applyReceipts(deps, [aReceiptBatch(twice), aReceiptBatch(twice)]);
		await applyReceipts(deps, [aReceiptBatch(twice)]);

		expect(deps.reports.sent).toHaveLength(1);
	});

	it("of each segment ends a message of several segments, with one change and one report (A33)", async () => {
		const message = aSentMessage(["a", "b", "c"]);
		const deps = await receiptDepsWith([message]);

		await applyReceipts(deps, [aReceiptBatch(["c", "a", "b"].map((smscId) => aReceipt({ smscId })))]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "DELIVERED", revision: 1 });
		expect(deps.reports.sent).toHaveLength(1);
	});

	it("with an intermediate status is stored, and reported to an account that wants interim reports (A34)", async () => {
		const message = aSentMessage(["a"], { wantsInterimReports: true });
		const deps = await receiptDepsWith([message]);
		const interim = aReceipt({ smscId: "a", state: "ENROUTE" });

		await applyReceipts(deps, [aReceiptBatch([interim])]);
		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		const [first, last, ...more] = deps.reports.sent;
		expect(first).toMatchObject({
			messageIds: [message.messageId],
			interim: { status: "EN_ROUTE", at: interim.receivedAt },
		});
		expect(last).not.toHaveProperty("interim");
		expect(last?.reportBatchId).toBe(deps.messages.rows.get(message.messageId)?.reportBatchId);
		expect(more).toEqual([]);
	});

	it("with an intermediate status is stored, and not reported to other accounts (A34)", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", state: "ENROUTE" })])]);

		expect(statusIn(deps, message)).toBe("EN_ROUTE");
		expect(deps.reports.sent).toEqual([]);
	});

	it("with ACCEPTED together with one of DELIVERED ends the message DELIVERED, with one report", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);
		const both = [aReceipt({ smscId: "a", state: "ACCEPTD" }), aReceipt({ smscId: "a" })];

		await applyReceipts(deps, [aReceiptBatch(both)]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "DELIVERED", errorCode: null });
		expect(deps.reports.sent).toHaveLength(1);
	});

	it("with DELIVERED replaces the gateway's own EXPIRED, with a second report (A35)", async () => {
		const sent = aSentMessage(["a"]);
		const expired = { ...sent, ...ended(sent, { status: "EXPIRED", errorCode: "22", at: 0 }), reportBatchId: "first" };
		const deps = await receiptDepsWith([expired]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		const row = deps.messages.rows.get(sent.messageId);
		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null });
		expect(deps.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual([row?.reportBatchId]);
		expect(row?.reportBatchId).not.toBe("first");
	});

	it("with DELIVERED of any copy replaces the final status of another copy, with one more report (A35)", async () => {
		const message = aSentMessage(["first"], { retryCount: 1 });
		const deps = await receiptDepsWith([message]);
		await deps.submissions.put([aSubmittedSegment(message, "second")]);
		const failed = aReceiptBatch([aReceipt({ smscId: "first", state: "UNDELIV", reason: "027" })]);
		const delivered = aReceiptBatch([aReceipt({ smscId: "second" })]);

		for (const receiptBatch of [failed, delivered, failed, delivered]) await applyReceipts(deps, [receiptBatch]);

		const row = deps.messages.rows.get(message.messageId);
		expect(row).toMatchObject({ status: "DELIVERED", errorCode: null, segments: [{ status: "DELIVERED" }] });
		expect(deps.reports.sent).toHaveLength(2);
		expect(deps.reports.sent[1]?.reportBatchId).toBe(row?.reportBatchId);
	});

	it.each([
		["failures", ["UNDELIV", "DELIVRD"], 2],
		["failures", ["DELIVRD", "UNDELIV"], 0],
		["never", ["UNDELIV", "DELIVRD"], 0],
	] as const)("of a copy causes reports for an account that wants %s, after %j: %i (A35, A47)", async (...row) => {
		const [reportPreference, states, times] = row;
		const message = aSentMessage(["a"], { retryCount: 1, reportPreference });
		const deps = await receiptDepsWith([message]);

		for (const state of states) await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", state })])]);

		expect([statusIn(deps, message), deps.reports.sent.length]).toEqual(["DELIVERED", times]);
	});

	it.each([
		["the recorded copy", ["a", "b"]],
		["the other copy", ["b", "a"]],
	] as const)(
		"with DELIVERED wins though the row names one copy only, after a failure of %s (A35, A51)",
		async (_, ids) => {
			const message = aSentMessage(["a"]);
			const deps = await receiptDepsWith([message]);
			await deps.submissions.put([aSubmittedSegment(message, "b", 0)]);
			const [first, second] = ids;

			await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: first, state: "UNDELIV", reason: "027" })])]);
			await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: second })])]);

			expect(statusIn(deps, message)).toBe("DELIVERED");
			expect(deps.reports.sent).toHaveLength(2);
		},
	);

	it("of each copy in one batch ends the message DELIVERED, with one report (A35)", async () => {
		const message = aSentMessage(["a"], { retryCount: 1 });
		const deps = await receiptDepsWith([message]);
		const both = [aReceipt({ smscId: "a", state: "UNDELIV" }), aReceipt({ smscId: "a" })];

		await applyReceipts(deps, [aReceiptBatch(both)]);

		expect([statusIn(deps, message), deps.reports.sent.length]).toEqual(["DELIVERED", 1]);
	});

	it("is applied again to a message that changed in the meantime", async () => {
		const message = aSentMessage(["a", "b"]);
		const deps = await receiptDepsWith([message]);
		const { readEach } = deps.messages;
		let reads = 0;
		const messages = {
			...deps.messages,
			readEach: async (ids: readonly number[]) => {
				const found = await readEach(ids);
				reads += 1;
				if (reads === 1) await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);
				return found;
			},
		};

		await applyReceipts({ ...deps, messages }, [aReceiptBatch([aReceipt({ smscId: "b" })])]);

		expect(statusIn(deps, message)).toBe("DELIVERED");
		expect(deps.reports.sent).toHaveLength(1);
	});
});

describe("a receipt for a message with a final status", () => {
	it("is written to its segment, and causes no second report of a refused message (A35)", async () => {
		const refused = aSentMessage(["a"], { segmentCount: 2, status: "REJECTED", errorCode: "69", reportBatchId: "p" });
		const deps = await receiptDepsWith([refused]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		const row = deps.messages.rows.get(refused.messageId);
		expect(row).toMatchObject({ status: "REJECTED", segments: [{ status: "DELIVERED" }] });
		expect(deps.reports.sent).toEqual([]);
	});

	it("causes no second report of an expired message that was not delivered (A35)", async () => {
		const expired = aSentMessage(["a"], { status: "EXPIRED", errorCode: "22", reportBatchId: "p" });
		const deps = await receiptDepsWith([expired]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", state: "UNDELIV", reason: "027" })])]);

		expect(deps.messages.rows.get(expired.messageId)).toMatchObject({ status: "EXPIRED", errorCode: "22" });
		expect(deps.reports.sent).toEqual([]);
	});
});

describe("the error code of a receipt", () => {
	it("is read by the error table of its own operator's SMSC (R39)", async () => {
		const messages = [aSentMessage(["a"]), aSentMessage(["b"])];
		const deps = {
			...(await receiptDepsWith(messages)),
			smscErrors: { kcell: { radix: 16, err: {}, status: {} } } as const,
		};
		await deps.submissions.put([{ ...aSubmittedSegment(messages[1] ?? aMessage(), "b"), ref: "tele2#7010000000#b" }]);
		const [first, second] = ["a", "b"].map((smscId) => aReceipt({ smscId, state: "UNDELIV", reason: "011" }));

		await applyReceipts(deps, [
			aReceiptBatch(first ? [first] : []),
			aReceiptBatch(second ? [second] : [], { operator: "tele2" }),
		]);

		const codes = messages.map(({ messageId }) => deps.messages.rows.get(messageId)?.errorCode);
		expect(codes).toEqual(["17", "11"]);
		expect(deps.log.events).toEqual([]);
	});

	it("is stored as received, beside its code of the dictionary (R35)", async () => {
		const messages = [aSentMessage(["a"]), aSentMessage(["b"]), aSentMessage(["c"])];
		const deps = await receiptDepsWith(messages);

		await applyReceipts(deps, [
			aReceiptBatch([
				aReceipt({ smscId: "a", state: "UNDELIV", reason: "01B" }),
				aReceipt({ smscId: "b", state: "UNDELIV", reason: "011" }),
				aReceipt({ smscId: "c", reason: "000" }),
			]),
		]);

		const kept = messages.map(({ messageId }) => deps.messages.rows.get(messageId)?.segments[0]);
		expect(kept.map((segment) => [segment?.errorCode, segment?.reason])).toEqual([
			["255", "01B"],
			["11", "011"],
			[null, undefined],
		]);
	});

	it("is logged as received, in one line, when the dictionary has no code for it", async () => {
		const ids = Array.from({ length: 30 }, (_, index) => `id ${index}`);
		const message = aSentMessage(ids);
		const deps = await receiptDepsWith([message]);
		const receipts = ids.map((smscId) => aReceipt({ smscId, state: "UNDELIV", reason: `E7${"x".repeat(50)}` }));

		await applyReceipts(deps, [aReceiptBatch(receipts), aReceiptBatch([])]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "UNDELIVERABLE", errorCode: "255" });
		const listed = { message_id: message.messageId, operator: "kcell", err: `E7${"x".repeat(30)}` };
		expect(deps.log.events).toEqual([
			{ event: "receipts.unknown_error", fields: { receipts: 30, listed: Array(20).fill(listed) } },
		]);
	});

	it("is not logged when it says nothing more than its code of the dictionary", async () => {
		const message = aSentMessage(["a", "b", "c"]);
		const deps = await receiptDepsWith([message]);
		const reasons = { a: "027", b: "", c: "000" };

		await applyReceipts(deps, [
			aReceiptBatch(Object.entries(reasons).map(([smscId, reason]) => aReceipt({ smscId, state: "UNDELIV", reason }))),
		]);

		expect(deps.log.events).toEqual([]);
	});
});

describe("a receipt of a message that is still being sent", () => {
	it("is written to its segment, and neither ends the message nor stops its sending", async () => {
		const half = aSentMessage(["a"], { status: "NEW", segmentCount: 2, confirmedAt: null });
		const deps = await receiptDepsWith([half]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", state: "ENROUTE" })])]);
		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		const row = deps.messages.rows.get(half.messageId);
		expect(row).toMatchObject({ status: "NEW", segments: [{ status: "DELIVERED" }] });
		expect([deps.reports.sent, deps.receipts.sent, deps.deadLetters.sent]).toEqual([[], [], []]);
	});

	it("is not orphaned when the message expired before it was sent whole (A19)", async () => {
		const half = aSentMessage(["a"], {
			status: "EXPIRED",
			errorCode: "22",
			segmentCount: 2,
			confirmedAt: null,
			reportBatchId: "p",
		});
		const deps = await receiptDepsWith([half]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })], { checks: 10 })]);

		expect(deps.messages.rows.get(half.messageId)).toMatchObject({
			status: "EXPIRED",
			segments: [{ status: "DELIVERED" }],
		});
		expect([deps.reports.sent, deps.deadLetters.sent]).toEqual([[], []]);
	});
});

describe("a receipt that two processes apply at once", () => {
	it("is reported by the surviving process when the other ended its message and died before the report", async () => {
		const message = aSentMessage(["a"]);
		const receipt = aReceipt({ smscId: "a" });
		const deps = await receiptDepsWith([message]);
		const change: typeof deps.messages.change = async (changes) => {
			const end = { status: "DELIVERED", statusAt: receipt.receivedAt, reportBatchId: "theirs" } as const;
			deps.messages.rows.set(message.messageId, { ...message, ...end, revision: message.revision + 1 });
			return await deps.messages.change(changes);
		};

		const receiptBatch = aReceiptBatch([receipt], { redelivered: true });
		await applyReceipts({ ...deps, messages: { ...deps.messages, change } }, [receiptBatch]);

		expect(deps.reports.sent.map(({ reportBatchId }) => reportBatchId)).toEqual(["theirs"]);
	});
});

describe("a receipt without a known submission", () => {
	it.each([
		[0, 1],
		[1, 1],
		[2, 2],
		[5, 30],
		[9, 480],
	])("is checked again: after %i checks in %i s", async (checks, delaySeconds) => {
		const deps = await receiptDepsWith([]);
		const receipt = aReceipt();

		await applyReceipts(deps, [aReceiptBatch([receipt], { checks })]);

		expect(deps.receipts.sent).toMatchObject([
			{ delaySeconds, receiptBatch: { operator: "kcell", receipts: [receipt], checks: checks + 1 } },
		]);
		expect(deps.deadLetters.sent).toEqual([]);
	});

	it("is retried for more than ten minutes, with each wait within SQS's maximum delay", async () => {
		const deps = await receiptDepsWith([]);

		for (let checks = 0; checks < 10; checks += 1) await applyReceipts(deps, [aReceiptBatch([aReceipt()], { checks })]);

		const waits = deps.receipts.sent.map(({ delaySeconds }) => delaySeconds);
		expect(Math.max(...waits)).toBeLessThanOrEqual(900);
		expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(10 * 60);
	});

	it("goes to the dead-letter queue after the last check, with a log event", async () => {
		const deps = await receiptDepsWith([]);
		const receipt = aReceipt();

		await applyReceipts(deps, [aReceiptBatch([receipt], { checks: 10 })]);

		expect(deps.receipts.sent).toEqual([]);
		expect(deps.deadLetters.sent).toMatchObject([{ receiptBatch: { receipts: [receipt] } }]);
		expect(deps.log.events.map(({ event }) => event)).toEqual(["receipt.orphaned"]);
	});

	it("does not delay the other receipts of its batch, which are not retried with it", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);
		const early = aReceipt();

		await applyReceipts(deps, [aReceiptBatch([early, aReceipt({ smscId: "a" })])]);

		expect(statusIn(deps, message)).toBe("DELIVERED");
		expect(deps.receipts.sent.map(({ receiptBatch }) => receiptBatch.receipts)).toEqual([[early]]);
	});

	it("is retried too when its id is known but its message is not recorded as sent", async () => {
		const message = aMessage();
		const deps = await receiptDepsWith([message]);
		await deps.submissions.put([aSubmittedSegment(message, "a")]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		expect(statusIn(deps, message)).toBe("NEW");
		expect(deps.receipts.sent).toHaveLength(1);
	});

	it("is not retried when its message has ended without that segment", async () => {
		const message = aMessage({ status: "EXPIRED" });
		const deps = await receiptDepsWith([message]);
		await deps.submissions.put([aSubmittedSegment(message, "a")]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		expect(deps.receipts.sent).toEqual([]);
	});

	it("is dropped when its message is past its retention", async () => {
		const deps = await receiptDepsWith([]);
		await deps.submissions.put([aSubmittedSegment(aMessage(), "a")]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })])]);

		expect([deps.receipts.sent, deps.reports.sent]).toEqual([[], []]);
	});
});

describe("a receipt with an id that the SMSC used before", () => {
	it.each(["77019999999", "", "7701000000"])(
		"for another recipient, %j, does not match this message",
		async (recipient) => {
			const message = aSentMessage(["a"]);
			const deps = await receiptDepsWith([message]);

			await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", recipient })])]);

			expect(statusIn(deps, message)).toBe("SENT");
			expect(deps.receipts.sent).toHaveLength(1);
		},
	);

	it.each(["+77010000000", "87010000000", "7010000000", "77010000000"])(
		"matches this message when its recipient is written as %s",
		async (recipient) => {
			const message = aSentMessage(["a"]);
			const deps = await receiptDepsWith([message]);

			await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a", recipient })])]);

			expect(statusIn(deps, message)).toBe("DELIVERED");
		},
	);

	it("matches the message of its recipient when two messages have the same id", async () => {
		const messages = ["77010000001", "77010000002"].map((recipient) => aSentMessage(["same"], { recipient }));
		const deps = await receiptDepsWith(messages);

		await applyReceipts(deps, [
			aReceiptBatch([
				aReceipt({ smscId: "same", recipient: "77010000002", state: "UNDELIV" }),
				aReceipt({ smscId: "same", recipient: "77010000001" }),
			]),
		]);

		expect(messages.map((message) => statusIn(deps, message))).toEqual(["DELIVERED", "UNDELIVERABLE"]);
		expect(deps.receipts.sent).toEqual([]);
	});

	it("of another operator does not match this message", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })], { operator: "tele2" })]);

		expect(statusIn(deps, message)).toBe("SENT");
	});
});

describe("redelivered receipts", () => {
	function finished(): Message {
		const sent = aSentMessage(["a"]);
		return {
			...sent,
			...receiptApplied(sent, 0, { status: "DELIVERED", errorCode: null, at: mondayAtEleven }),
			reportBatchId: "p",
		};
	}

	it("send an unconfirmed report again: the earlier consumer may have died", async () => {
		const message = finished();
		const deps = await receiptDepsWith([message]);
		const receipt = aReceipt({ smscId: "a", receivedAt: message.statusAt });

		await applyReceipts(deps, [aReceiptBatch([receipt], { redelivered: true })]);

		expect(deps.reports.sent).toEqual([{ reportBatchId: "p", userName: "demo", messageIds: [message.messageId] }]);
	});

	const segments = Array.from({ length: 23 }, (_, index) => `s${index}`);
	const entries = segments.map((smscId, index) =>
		aReceiptBatch([aReceipt({ smscId, receivedAt: mondayAtEleven + index })]),
	);

	it("of 23 segments, each tried alone after they failed together, send one report (A42)", async () => {
		const deps = await receiptDepsWith([aSentMessage(segments)]);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };

		await expect(applyReceipts({ ...deps, reports }, entries)).rejects.toThrow("unavailable");
		for (const entry of entries) await applyReceipts(deps, [{ ...entry, redelivered: true }]);

		expect(deps.reports.sent).toHaveLength(1);
	});

	it("end their message with one report if they had not done so before", async () => {
		const deps = await receiptDepsWith([aSentMessage(["a"])]);

		await applyReceipts({ ...deps, reports: rememberedReports(deps.reports) }, [
			aReceiptBatch([aReceipt({ smscId: "a" })], { redelivered: true }),
		]);

		expect(deps.reports.sent).toHaveLength(1);
	});

	it("send no report that this process has queued, after a failure that came later", async () => {
		const [message, lost] = [aSentMessage(["a"]), aSentMessage(["b"])];
		const memory = await receiptDepsWith([message, lost]);
		const deps = { ...memory, reports: rememberedReports(memory.reports) };
		const receiptBatch = aReceiptBatch([aReceipt({ smscId: "a" }), aReceipt({ smscId: "b" })]);
		const change: typeof memory.messages.change = async (changes) => {
			memory.messages.rows.delete(lost.messageId);
			return await memory.messages.change(changes);
		};

		await expect(
			applyReceipts({ ...deps, messages: { ...memory.messages, change } }, [receiptBatch]),
		).rejects.toThrow();
		await applyReceipts(deps, [{ ...receiptBatch, redelivered: true }]);

		expect(memory.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});

	it("stay marked as redelivered when they match nothing and are queued again", async () => {
		const deps = await receiptDepsWith([]);
		const receiptBatch = aReceiptBatch([aReceipt({ smscId: "a" })], { redelivered: true });

		await applyReceipts(deps, [receiptBatch]);

		expect(deps.receipts.sent).toEqual([
			{ delaySeconds: expect.any(Number), receiptBatch: { ...receiptBatch, checks: 1 } },
		]);
	});

	it("send no confirmed report again", async () => {
		const message = finished();
		const deps = await receiptDepsWith([message]);
		await deps.reportBatches.confirm({ reportBatchId: "p", userName: "demo", messageIds: [message.messageId] }, 0, 0);

		await applyReceipts(deps, [aReceiptBatch([aReceipt({ smscId: "a" })], { redelivered: true })]);

		expect(deps.reports.sent).toEqual([]);
	});

	it("lose no report of EN_ROUTE when the queue was unavailable at first, and repeat no confirmed one (A34)", async () => {
		const message = aSentMessage(["a"], { wantsInterimReports: true });
		const deps = await receiptDepsWith([message]);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		const receipt = aReceipt({ smscId: "a", state: "ENROUTE" });
		const again = aReceiptBatch([receipt], { redelivered: true });

		await expect(applyReceipts({ ...deps, reports }, [aReceiptBatch([receipt])])).rejects.toThrow("unavailable");
		await applyReceipts(deps, [again]);
		const reportBatchId = deps.messages.rows.get(message.messageId)?.enRouteReportBatchId ?? expect.fail();
		await deps.reportBatches.confirm({ reportBatchId, userName: "demo", messageIds: [message.messageId] }, 0, 0);
		await applyReceipts(deps, [again]);

		const interim = { status: "EN_ROUTE", at: receipt.receivedAt };
		expect(deps.reports.sent).toEqual([{ reportBatchId, userName: "demo", messageIds: [message.messageId], interim }]);
	});

	it("lose no report when the queue was unavailable at first", async () => {
		const message = aSentMessage(["a"]);
		const deps = await receiptDepsWith([message]);
		const reports = { send: async () => Promise.reject(new Error("the queue is unavailable")) };
		const receiptBatch = aReceiptBatch([aReceipt({ smscId: "a" })]);

		await expect(applyReceipts({ ...deps, reports }, [receiptBatch])).rejects.toThrow("unavailable");
		await applyReceipts(deps, [{ ...receiptBatch, redelivered: true }]);

		expect(deps.reports.sent.map(({ messageIds }) => messageIds)).toEqual([[message.messageId]]);
	});
});
