import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvText } from "#smpp/wire/tlvs.ts";

export type DeliverSmIntake = {
	/** The command_status to answer: OK once the message is in its queue. Rejects if it cannot be queued. */
	accept(pdu: Pdu<"deliver_sm">): Promise<number>;
	drained(): Promise<void>;
};

const receiptTypes: readonly number[] = [esmClass.receipt, esmClass.interim];

/** Some SMSCs omit the type, but name the message of the receipt. */
function isReceipt(pdu: Pdu<"deliver_sm">): boolean {
	return (
		receiptTypes.includes(pdu.fields.esm_class & esmClass.typeBits) ||
		tlvText(pdu, "receipted_message_id") !== undefined
	);
}

/** Separates an operator's receipts from the messages of its subscribers. */
export function deliverSmIntake(receipts: DeliverSmIntake, messages: DeliverSmIntake): DeliverSmIntake {
	return {
		accept: async (pdu) => await (isReceipt(pdu) ? receipts : messages).accept(pdu),
		async drained() {
			await Promise.all([receipts.drained(), messages.drained()]);
		},
	};
}
