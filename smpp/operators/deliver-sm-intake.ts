import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvText } from "#smpp/wire/tlvs.ts";

export type DeliverSmIntake = {
	/**
	 * Resolves with ESME_ROK once the content is queued, or if it can never be read. Rejects if it cannot be queued: then
	 * the SMSC must send the PDU again.
	 */
	accept(pdu: Pdu<"deliver_sm">): Promise<number>;
	/** Resolves when everything accepted before is queued. */
	drained(): Promise<void>;
};

const receiptTypes: readonly number[] = [esmClass.receipt, esmClass.interim];

/** Some SMSCs do not set a receipt type in esm_class, but always set receipted_message_id. */
function isReceipt(pdu: Pdu<"deliver_sm">): boolean {
	return (
		receiptTypes.includes(pdu.fields.esm_class & esmClass.typeBits) ||
		tlvText(pdu, "receipted_message_id") !== undefined
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
