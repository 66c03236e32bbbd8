import { describe, expect, it, onTestFinished, vi } from "vitest";
import { delayQueue } from "#local/operators/delay-queue.ts";
import { fifo } from "#local/operators/fifo.ts";
import { messageIds } from "#local/operators/message-ids.ts";
import { behaviourFor, wantsReceipt } from "#local/operators/simulated-behaviour.ts";
import { simulatedReceiptText, textBeginning } from "#local/operators/simulated-receipt.ts";
import { type SubmitRecord, submitLog } from "#local/operators/submit-log.ts";

describe("the behaviour of a simulated operator", () => {
	const delivered = { kind: "receipt", delivered: true, err: 0, beforeResponse: false };
	it.each([
		["77011234567", delivered],
		["77010009911", { ...delivered, delivered: false, err: 11 }],
		["77010009900", { ...delivered, delivered: false }],
		["77010009888", { kind: "refusal", commandStatus: 88 }],
		["77010009800", delivered],
		["77010009700", { kind: "silence" }],
		["77010009701", delivered],
		["77010009600", { ...delivered, beforeResponse: true }],
		["", delivered],
		["9911", { ...delivered, delivered: false, err: 11 }],
	])("for %s is %o", (recipient, behaviour) => {
		expect(behaviourFor(recipient)).toEqual(behaviour);
	});

	it.each([
		[0, false, false],
		[1, true, true],
		[2, false, true],
		[3, true, false],
		[0x11, true, true],
	])("with registered_delivery %i sends a receipt of success %s, of failure %s", (registered, success, failure) => {
		expect([wantsReceipt(registered, true), wantsReceipt(registered, false)]).toEqual([success, failure]);
	});
});

describe("a simulated receipt", () => {
	const receipt = {
		messageId: "abc1",
		...{ sender: "SMSGW", senderTon: 5, senderNpi: 0, recipient: "77011234567", recipientTon: 1, recipientNpi: 1 },
		...{ delivered: false, err: 11, submittedAt: Date.UTC(2026, 10, 23, 0, 7), text: "Hello" },
	};

	it("has the text of SMPP's appendix B", () => {
		expect(simulatedReceiptText(receipt, Date.UTC(2026, 10, 23, 0, 8))).toBe(
			"id:abc1 sub:001 dlvrd:000 submit date:2611230007 done date:2611230008 stat:UNDELIV err:011 text:Hello",
		);
	});

	it.each([
		["plain text", Buffer.from("Hello, this is a longer text"), 0, 0, "Hello, this is a lon"],
		["UCS-2 behind a header", Buffer.from("050003a902010048006904380021", "hex"), 0x40, 8, "Hi?!"],
		["nothing", Buffer.alloc(0), 0x40, 8, ""],
	])("repeats the beginning of %s in ASCII", (_what, message, esmClass, dataCoding, text) => {
		expect(textBeginning(message, esmClass, dataCoding)).toBe(text);
	});
});

describe("the memory of a simulated operator", () => {
	it("keeps only the last submits", () => {
		const log = submitLog(10);
		for (let at = 0; at < 1_000; at++) log.add({ at } as SubmitRecord);

		expect(log.records().map(({ at }) => at)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
	});

	it("queues items in order, and drops the oldest at its limit", () => {
		const queue = fifo<number>(3_000);
		for (let item = 0; item < 5_000; item++) queue.push(item);

		const left = Array.from({ length: queue.size }, () => queue.shift());

		expect(left).toEqual(Array.from({ length: 3_000 }, (_, index) => 2_000 + index));
		expect(queue.shift()).toBeUndefined();
	});

	it("gives message ids of at most 20 characters that another run does not repeat", () => {
		const [one, other] = [messageIds(), messageIds()];

		expect(new Set([one(), one(), other(), other()]).size).toBe(4);
		expect(one()).toMatch(/^\w{1,20}$/);
	});
});

describe("a delay queue", () => {
	it("gives items in order after their delay, and applies a new delay to waiting items", () => {
		vi.useFakeTimers();
		onTestFinished(() => void vi.useRealTimers());
		const given: string[] = [];
		const queue = delayQueue<string>(60_000, 10, (item) => given.push(item));
		queue.push("a");
		vi.advanceTimersByTime(30_000);
		queue.push("b");

		vi.advanceTimersByTime(30_000);
		expect(given).toEqual(["a"]);

		queue.setDelay(0);
		vi.advanceTimersByTime(10);
		expect(given).toEqual(["a", "b"]);
	});
});
