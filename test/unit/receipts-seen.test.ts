import { describe, expect, it } from "vitest";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { statusUpdateOf } from "#shared/domain/receipts/receipt.ts";
import { lateCheck } from "#shared/domain/receipts/receipt-checks.ts";
import { findSubmissions } from "#shared/usecases/receipts/find-submissions.ts";
import { deliverSmIntake } from "#smpp/operators/deliver-sm-intake.ts";
import { receiptIn } from "#smpp/operators/receipt-in-pdu.ts";
import { recentSubmits } from "#smpp/operators/recent-submits.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { bytesTlv, octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { aMessage, aSubmittedSegment } from "#test/fakes/builders.ts";
import { learntForms, memoryLog, memorySubmissions, stoppedClock } from "#test/fakes/memory-stores.ts";
import { receiptsSeen, type SeenReceipt } from "#test/fixtures/receipts-seen.ts";
import { sampleFields } from "./smpp-samples.ts";

const recipient = "77010000000";

function deliverSm(seen: SeenReceipt): Pdu<"deliver_sm"> {
	const { text = "", hex, esm_class = 4, source = recipient, destination = "SMSGW", id, state, network_error } = seen;
	const octets = hex === undefined ? Buffer.from(text, "latin1") : Buffer.from(hex, "hex");
	const fields = {
		...sampleFields.deliver_sm,
		esm_class,
		source_addr: source,
		destination_addr: destination,
		short_message: seen.payload ? Buffer.alloc(0) : octets,
	};
	const tlvs = [
		...(id === undefined ? [] : [textTlv("receipted_message_id", id)]),
		...(state === undefined ? [] : [octetTlv("message_state", state)]),
		...(network_error === undefined ? [] : [bytesTlv("network_error_code", Buffer.from(network_error, "hex"))]),
		...(seen.payload ? [bytesTlv("message_payload", octets)] : []),
	];
	return { command: "deliver_sm", command_status: 0, sequence_number: 1, fields, tlvs } as unknown as Pdu<"deliver_sm">;
}

/** The submits of all rows, to this recipient and to another one. */
async function allSubmitted() {
	const submissions = memorySubmissions(stoppedClock());
	for (const [index, { response }] of receiptsSeen.entries()) {
		const others = aMessage({ messageId: index + 10_000, recipient: "77019999999" });
		await submissions.put([
			aSubmittedSegment(aMessage({ messageId: index + 1, recipient }), response),
			aSubmittedSegment(others, response),
		]);
	}
	return submissions;
}

async function found(receipt: Receipt, checks: number) {
	const receiptForms = learntForms();
	const deps = { submissions: await allSubmitted(), receiptForms, log: memoryLog() };
	return (await findSubmissions(deps, [{ operator: "kcell", receipts: [receipt], checks }])).get(receipt)?.messageId;
}

/** The task has submitted each, and nothing to others, so that it knows the recipients. */
function recipientsOfAll() {
	const recent = recentSubmits();
	const binds = receiptsSeen.map(({ response }) => {
		const submit = async () => ({ kind: "accepted", smscId: response }) as const;
		return recent.watch({ bound: true, submit, renew: () => undefined, stop: async () => undefined });
	});
	const fields = { source_addr: "SMSGW", destination_addr: recipient, data_coding: 0, short_message: Buffer.alloc(0) };
	return { recent, submitted: Promise.all(binds.map((bind) => bind.submit(fields))) };
}

const known = recipientsOfAll();

describe("the receipt of", () => {
	it.each(receiptsSeen.map((seen, index) => [seen.from, seen, index + 1] as const))(
		"%s is recognised, read and matched (A36)",
		async (_, seen, messageId) => {
			await known.submitted;
			const pdu = deliverSm(seen);
			const taken: string[] = [];
			const intake = (name: string) => ({
				accept: async () => taken.push(name) - 1,
				drained: async () => undefined,
			});
			await deliverSmIntake(intake("receipt"), intake("message")).accept(pdu);
			const receipt = receiptIn(pdu, Date.now(), known.recent) as Receipt;

			expect(taken).toEqual(["receipt"]);
			expect(statusUpdateOf(receipt).status).toBe(seen.status);
			if (seen.code !== undefined) expect(statusUpdateOf(receipt).errorCode).toBe(seen.code);
			expect([await found(receipt, 0), await found(receipt, lateCheck)]).toEqual([
				seen.late ? undefined : messageId,
				messageId,
			]);
		},
	);
});
