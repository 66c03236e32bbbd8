import { isReceiptText } from "#shared/domain/receipts/receipt.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvText } from "#smpp/wire/tlvs.ts";
import { receiptText } from "./receipt-in-pdu.ts";

export type DeliverSmIntake = {
	/**
	 * Resolves with ESME_ROK once the content is queued, or if it can never be read. Rejects if it cannot be queued: then
	 * the SMSC must send the PDU again.
	 */
	accept(pdu: Pdu<"deliver_sm">): Promise<number>;
	/** Resolves when everything accepted before is queued. */
	drained(): Promise<void>;
};

const receiptTypes = esmClass.receipt | esmClass.interim;

/** Some SMSCs do not set a receipt type in esm_class, but set receipted_message_id, or send the usual text. */
function isReceipt(pdu: Pdu<"deliver_sm">): boolean {
	return (
		(pdu.fields.esm_class & esmClass.typeBits & receiptTypes) !== 0 ||
		tlvText(pdu, "receipted_message_id") !== undefined ||
		isReceiptText(receiptText(pdu))
	);
}

/** Gives an operator's receipts to one intake, and the messages of its subscribers (MO) to the other. */
export function deliverSmIntake(receipts: DeliverSmIntake, messages: DeliverSmIntake): DeliverSmIntake {
	return {
		accept: async (pdu) => await (isReceipt(pdu) ? receipts : messages).accept(pdu),
		async drained() {
			await Promise.all([receipts.drained(), messages.drained()]);
		},
	};
}
