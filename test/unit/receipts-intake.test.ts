import { describe, expect, it } from "vitest";
import { receiptsIntake } from "#smpp/operators/receipts-intake.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { memoryLog, memoryReceipts, stoppedClock } from "#test/fakes/memory-stores.ts";
import { sampleFields } from "./smpp-samples.ts";

function aDeliver(text: string, parts: { esm_class?: number; tlvs?: Pdu<"deliver_sm">["tlvs"] } = {}) {
	const fields = {
		...sampleFields.deliver_sm,
		esm_class: parts.esm_class ?? 4,
		source_addr: "77010000000",
		destination_addr: "SMSGW",
		short_message: Buffer.from(text, "latin1"),
	};
	return {
		command: "deliver_sm",
		command_status: 0,
		sequence_number: 1,
		fields,
		tlvs: parts.tlvs ?? [],
	} as Pdu<"deliver_sm">;
}

function anIntake(queue = memoryReceipts()) {
	const log = memoryLog();
	return { queue, log, ...receiptsIntake("kcell", queue, stoppedClock(7), log) };
}

describe("the intake of receipts", () => {
	it("answers OK once a receipt is stored in its queue", async () => {
		const { queue, accept } = anIntake();

		const status = await accept(aDeliver("id:0A1 stat:DELIVRD err:000"));

		expect(status).toBe(commandStatuses.ESME_ROK);
		expect(queue.sent.map(({ receiptBatch }) => receiptBatch)).toEqual([
			{
				operator: "kcell",
				checks: 0,
				receipts: [{ smscId: "0A1", state: "DELIVRD", reason: "000", recipient: "77010000000", receivedAt: 7 }],
			},
		]);
	});

	it("fails when the queue fails, so that the SMSC sends the receipt again", async () => {
		const queue = { ...memoryReceipts(), send: async () => Promise.reject(new Error("the queue is unavailable")) };
		const { accept } = anIntake(queue);

		await expect(accept(aDeliver("id:1 stat:DELIVRD"))).rejects.toThrow("unavailable");
	});

	it("queues receipts that come together in one entry", async () => {
		const { queue, accept } = anIntake();

		await Promise.all([1, 2, 3].map((id) => accept(aDeliver(`id:${id} stat:DELIVRD`))));

		expect(queue.sent.map(({ receiptBatch }) => receiptBatch.receipts.length)).toEqual([3]);
	});

	it("reads a receipt from its TLVs when its text is empty", async () => {
		const { queue, accept } = anIntake();
		const tlvs = [textTlv("receipted_message_id", "f".repeat(64)), octetTlv("message_state", 5)];

		await accept(aDeliver("", { tlvs }));

		expect(queue.sent[0]?.receiptBatch.receipts).toMatchObject([{ smscId: "f".repeat(64), state: "UNDELIV" }]);
	});

	it("reads a text in message_payload", async () => {
		const { queue, accept } = anIntake();

		await accept(aDeliver("", { tlvs: [{ tag: 0x0424, value: Buffer.from("id:9 stat:EXPIRED") }] }));

		expect(queue.sent[0]?.receiptBatch.receipts).toMatchObject([{ smscId: "9", state: "EXPIRED" }]);
	});

	it.each([
		["ASCII with a data_coding of UCS-2", Buffer.from("id:0A1 stat:DELIVRD err:000")],
		["UCS-2", Buffer.from("id:0A1 stat:DELIVRD err:000", "utf16le").swap16()],
	])("reads a text in %s", async (_, short_message) => {
		const { queue, accept } = anIntake();
		const pdu = aDeliver("");

		await accept({ ...pdu, fields: { ...pdu.fields, data_coding: 8, short_message } });

		expect(queue.sent[0]?.receiptBatch.receipts).toMatchObject([{ smscId: "0A1", state: "DELIVRD", reason: "000" }]);
	});

	it("answers OK to a receipt that names no message, and logs it", async () => {
		const { queue, accept, log } = anIntake();

		const status = await accept(aDeliver("hello"));

		expect([status, queue.sent]).toEqual([commandStatuses.ESME_ROK, []]);
		expect(log.events.map(({ event }) => event)).toEqual(["receipt.unreadable"]);
	});

	it("logs few of many that it cannot read", async () => {
		const { accept, log } = anIntake();

		for (let sent = 0; sent < 100; sent += 1) await accept(aDeliver("hello"));

		expect(log.events.map(({ fields }) => fields["times"])).toEqual([undefined, 2, 4, 8, 16, 32, 64]);
	});
});
