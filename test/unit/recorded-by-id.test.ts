import { describe, expect, it } from "vitest";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { lateCheck } from "#shared/domain/receipts/receipt-checks.ts";
import { isOfSegment } from "#shared/domain/receipts/smsc-ref.ts";
import { findSubmissions } from "#shared/usecases/receipts/find-submissions.ts";
import { receiptsIntake } from "#smpp/operators/receipts-intake.ts";
import { recentSubmits } from "#smpp/operators/recent-submits.ts";
import { recordedById } from "#smpp/operators/recorded-by-id.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { aMessage, aSubmittedSegment, mondayAtEleven } from "#test/fakes/builders.ts";
import { learntForms, memoryLog, memoryReceipts, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";
import { sampleFields } from "./smpp-samples.ts";

function aReceiptFrom(source_addr: string) {
	const short_message = Buffer.from("id:0A1 stat:DELIVRD err:000");
	const fields = { ...sampleFields.deliver_sm, esm_class: 4, source_addr, destination_addr: "SMSGW", short_message };
	const pdu = { command: "deliver_sm", command_status: 0, sequence_number: 1, fields, tlvs: [] };
	return pdu as unknown as Pdu<"deliver_sm">;
}

describe("a receipt without a recipient, which comes to a task that did not submit the message", () => {
	/** Two tasks and a function share what is learnt. */
	const forms = learntForms();
	const submissions = memorySubmissions(stoppedClock());
	const recorder = recordedById(submissions, forms);

	async function receiptQueued(source_addr: string): Promise<Receipt> {
		const queue = memoryReceipts();
		const known = { recent: recentSubmits(), forms };
		await receiptsIntake("kcell", queue, stoppedClock(), memoryLog(), known).accept(aReceiptFrom(source_addr));
		return queue.sent[0]?.receiptBatch.receipts[0] as Receipt;
	}

	it("is found from the first such receipt on, and other operators' submits are recorded as before", async () => {
		const [own, other] = [aMessage(), aMessage({ operator: "tele2" })];
		await recorder.put([aSubmittedSegment(own, "0A1")]);
		const rowsBefore = submissions.rows.size;
		const first = await receiptQueued("7701****000");
		const later = aSubmittedSegment(own, "0A2");
		await recorder.put([later, { ...aSubmittedSegment(other, "0A3"), ref: "tele2#7010000000#0A3" }]);

		const receipt = { ...first, smscId: "0A2" };
		const deps = { submissions, receiptForms: forms, log: memoryLog() };
		const found = await findSubmissions(deps, [{ operator: "kcell", receipts: [receipt], checks: 0 }]);

		expect([rowsBefore, first.recipient]).toEqual([1, ""]);
		expect([...submissions.rows.keys()].slice(1).toSorted()).toEqual(["kcell##0A2", later.ref, "tele2#7010000000#0A3"]);
		expect(found.get(receipt)?.messageId).toBe(own.messageId);
	});

	it("costs nothing while receipts name their recipients", async () => {
		const clean = learntForms();
		const known = { recent: recentSubmits(), forms: clean };
		await receiptsIntake("kcell", memoryReceipts(), stoppedClock(), memoryLog(), known).accept(
			aReceiptFrom("77010000000"),
		);

		expect([...(await clean.of("kcell"))]).toEqual([]);
	});
});

describe("a decimal receipt of a hex id with letters in both cases, at a task that did not submit the message", () => {
	const submissions = memorySubmissions(stoppedClock());
	const message = aMessage();
	const segment = aSubmittedSegment(message, "00DeadBeef");

	it("is found late, by a second row that such ids alone have", async () => {
		const forms = learntForms();
		const recorder = recordedById(submissions, forms);
		await recorder.put([segment, aSubmittedSegment(message, "00deadbee0"), aSubmittedSegment(message, "aZ")]);
		const { recipient } = message;
		const receipt = { smscId: String(0xdeadbeef), recipient, state: "DELIVRD", reason: "", receivedAt: mondayAtEleven };
		const deps = { submissions, receiptForms: forms, log: memoryLog() };

		const found = await findSubmissions(deps, [{ operator: "kcell", receipts: [receipt], checks: lateCheck }]);

		expect(submissions.rows.size).toBe(4);
		expect(found.get(receipt)).toMatchObject({ messageId: message.messageId, segmentIndex: segment.segmentIndex });
		expect(isOfSegment(found.get(receipt)?.ref ?? "", segment.ref)).toBe(true);
	});
});
