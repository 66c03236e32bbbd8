import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvText } from "#smpp/wire/tlvs.ts";

/** Takes in what an operator delivers. */
export type DeliverSmIntake = {
	/** The command_status to answer with: OK once the delivery is safe in its queue. Rejects where it cannot be put there. */
	accept(pdu: Pdu<"deliver_sm">): Promise<number>;
	drained(): Promise<void>;
};

/** Section 5.2.12: the message type bits, and the types that speak of a message of ours: its receipt, and an intermediate notification of it. */
const typeBits = 0x3c;
const receiptTypes: readonly number[] = [0x04, 0x20];

/** Some SMSCs leave the type out; that names a message of ours, nevertheless. */
function isReceipt(pdu: Pdu<"deliver_sm">): boolean {
	return receiptTypes.includes(pdu.fields.esm_class & typeBits) || tlvText(pdu, "receipted_message_id") !== undefined;
}

/** Tells the receipts among an operator's deliveries from the messages of its subscribers. */
export function deliverSmIntake(receipts: DeliverSmIntake, messages: DeliverSmIntake): DeliverSmIntake {
	return {
		accept: async (pdu) => await (isReceipt(pdu) ? receipts : messages).accept(pdu),
		async drained() {
			await Promise.all([receipts.drained(), messages.drained()]);
		},
	};
}
