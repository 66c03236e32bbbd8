import { describe, expect, it } from "vitest";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { lateCheck } from "#shared/domain/receipts/receipt-checks.ts";
import { noRecipientForm } from "#shared/domain/receipts/submission-candidates.ts";
import { applyReceipts } from "#shared/usecases/receipts/apply-receipts.ts";
import { findSubmissions } from "#shared/usecases/receipts/find-submissions.ts";
import { receiptIn } from "#smpp/operators/receipt-in-pdu.ts";
import { receiptsIntake } from "#smpp/operators/receipts-intake.ts";
import { recentSubmits } from "#smpp/operators/recent-submits.ts";
import { recordedById } from "#smpp/operators/recorded-by-id.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { aMessage, aReceipt, aSentMessage, aSubmittedSegment, mondayAtEleven } from "#test/fakes/builders.ts";
import { receiptDeps } from "#test/fakes/gateways.ts";
import { learntForms, memoryLog, memoryReceipts, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";
import { sampleFields } from "./smpp-samples.ts";

const [sender, recipient] = ["77270001122", "77010000000"];

function aDeliver(source_addr: string, destination_addr: string, id = "abc1"): Pdu<"deliver_sm"> {
	const short_message = Buffer.from(`id:${id} submit date:1 done date:2 stat:DELIVRD err:000`);
	const fields = { ...sampleFields.deliver_sm, esm_class: 4, source_addr, destination_addr, short_message };
	return { command: "deliver_sm", command_status: 0, sequence_number: 1, fields, tlvs: [] } as never;
}

async function submitted(smscId: string, destination_addr: string, source_addr = sender) {
	const recent = recentSubmits();
	const submit = async () => ({ kind: "accepted", smscId }) as const;
	const bind = recent.watch({ bound: true, submit, renew: () => undefined, stop: async () => undefined });
	await bind.submit({ source_addr, destination_addr, data_coding: 0, short_message: Buffer.alloc(0) });
	return recent;
}

describe("the recipient of a receipt with one number", () => {
	it.each([
		["", sender],
		["7701****", sender],
		["SMSC", sender],
		[sender, ""],
		[sender, "7701000****"],
		[sender, "XXXXXXXX000"],
	])("is that of the submit, if the number is its sender: from %j to %j", async (source, destination) => {
		const recent = await submitted("abc1", recipient);

		expect(receiptIn(aDeliver(source, destination), 7, recent)?.recipient).toBe(recipient);
	});

	it.each([
		["", recipient, undefined],
		[recipient, "", undefined],
		["7727****", recipient, undefined],
		["SMSGW", recipient, undefined],
		[recipient, "SMSGW", undefined],
		["", "77019999999", ""],
		["7701*****", "77019999999", "7701*****"],
		["77019999999", "****", "****"],
	])("is that number otherwise: from %j to %j, with the mask %j", async (source, destination, mask) => {
		const number = [source, destination].find((one) => one.length === 11);
		const recent = await submitted("abc1", recipient);

		expect(receiptIn(aDeliver(source, destination), 7, recent)).toMatchObject({ recipient: number });
		expect(receiptIn(aDeliver(source, destination), 7, recent)?.mask).toBe(mask);
	});

	it("teaches that receipts have none if it is empty, and the id unknown", async () => {
		const forms = learntForms();
		const known = { recent: recentSubmits(), forms };

		await receiptsIntake("kcell", memoryReceipts(), stoppedClock(), memoryLog(), known).accept(aDeliver("", ""));

		expect(await forms.of("kcell")).toContain(noRecipientForm);
	});

	it.each([
		["", sender, true],
		["7701*****", sender, true],
		["", recipient, false],
		[sender, "", true],
		[recipient, "", false],
		["77019999999", "", false],
		["", "", true],
		[recipient, "SMSGW", false],
	])("teaches that receipts have none only if that is sure: from %j to %j", async (source, destination, isLearnt) => {
		const forms = learntForms();
		const known = { recent: await submitted("abc1", recipient), forms };

		await receiptsIntake("kcell", memoryReceipts(), stoppedClock(), memoryLog(), known).accept(
			aDeliver(source, destination),
		);

		expect((await forms.of("kcell")).has(noRecipientForm)).toBe(isLearnt);
	});
});

describe("a submission that is recorded by its id alone", () => {
	/** Another client's message with this id, recorded so. */
	async function aSearch(smscId: string, learnt: readonly string[] = []) {
		const submissions = memorySubmissions(stoppedClock());
		const receiptForms = learntForms({ kcell: [noRecipientForm, ...learnt] });
		const message = aMessage({ recipient: "77029999999" });
		await recordedById(submissions, receiptForms).put([aSubmittedSegment(message, smscId)]);
		const deps = { submissions, receiptForms, log: memoryLog() };
		const isFound = async (receipt: Partial<Receipt>, checks = lateCheck) => {
			const one = aReceipt({ recipient: "", receivedAt: mondayAtEleven + 60_000, ...receipt });
			return (await findSubmissions(deps, [{ operator: "kcell", receipts: [one], checks }])).has(one);
		};
		return { isFound, receiptForms };
	}

	it.each([
		["4112", "1010"],
		["101010", "1052688"],
		["0000001010", "1010"],
		["ABC1", "abc1"],
	])("is not found by another form of the id: %s by %s", async (smscId, receiptId) => {
		expect(await (await aSearch(smscId)).isFound({ smscId: receiptId })).toBe(false);
	});

	it("is found by a form that was learnt, and by the id in the text", async () => {
		expect(await (await aSearch("ABC1", ["case upper"])).isFound({ smscId: "abc1" }, 0)).toBe(true);
		expect(await (await aSearch("ABC1")).isFound({ smscId: "tlv", textId: "ABC1" })).toBe(true);
	});

	it.each([
		["7701*****00", false],
		["7702*****00", false],
		["7702*****99", true],
		["702999****", true],
		["", true],
		["KASPI24", true],
	])("is found only if its recipient fits the mask: %s", async (mask, isFound) => {
		expect(await (await aSearch("abc1")).isFound({ smscId: "abc1", mask }, 0)).toBe(isFound);
	});

	it("is not found by an earlier receipt", async () => {
		expect(await (await aSearch("abc1")).isFound({ smscId: "abc1", receivedAt: mondayAtEleven - 60_000 })).toBe(false);
	});

	it("is found late beside a number that is not its recipient, and at once when that is learnt", async () => {
		const { isFound, receiptForms } = await aSearch("abc1");
		const receipt = { smscId: "abc1", recipient: sender, mask: "" };

		expect([await isFound(receipt, 0), await isFound(receipt), await isFound(receipt, 0)]).toEqual([false, true, true]);
		expect(await receiptForms.of("kcell")).toContain("id alone same");
		expect(await isFound({ ...receipt, mask: "7701****" })).toBe(false);
	});

	it("does not make its message one with copies", async () => {
		const message = aSentMessage(["abc1"]);
		const deps = receiptDeps({ receiptForms: learntForms({ kcell: [noRecipientForm] }) });
		await deps.messages.insert([message]);
		await recordedById(deps.submissions, deps.receiptForms).put([aSubmittedSegment(message, "abc1")]);

		const receipts = [aReceipt({ smscId: "abc1", recipient: "", state: "UNDELIV" })];
		await applyReceipts(deps, [{ operator: "kcell", receipts, checks: 0 }]);

		expect(deps.messages.rows.get(message.messageId)).toMatchObject({ status: "UNDELIVERABLE", repeated: null });
	});
});
