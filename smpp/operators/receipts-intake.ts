import type { Operator } from "#shared/domain/operators.ts";
import type { Receipt } from "#shared/domain/receipt.ts";
import type { Clock, Log, ReceiptQueue } from "#shared/ports.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { gathered } from "./gathered.ts";
import { receiptIn } from "./receipt-in-pdu.ts";

/** Section 5.2.12: the message type bits, and the type that a receipt has. */
const typeBits = 0x3c;
const receiptType = 0x04;

/** Receipts that come together cost one entry of the receipts queue. */
const lot = { itemsMax: 100, waitMs: 10 };

export type ReceiptsIntake = {
	/** The command_status to answer with: OK once the receipt is safe in its queue. Rejects where it cannot be put there. */
	accept(pdu: Pdu<"deliver_sm">): Promise<number>;
	drained(): Promise<void>;
};

/** Takes an operator's receipts to their queue. */
export function receiptsIntake(operator: Operator, queue: ReceiptQueue, now: Clock, log: Log): ReceiptsIntake {
	const sending = gathered<Receipt>(lot, async (receipts) => {
		await queue.send([{ operator, receipts, looks: 0 }]);
	});
	return {
		async accept(pdu) {
			if ((pdu.fields.esm_class & typeBits) !== receiptType) {
				/* A message of a subscriber's: the SMSC keeps what is answered so, and offers it again. */
				log.warn("mo.deferred", { operator });
				return commandStatuses.ESME_RX_T_APPN;
			}
			const receipt = receiptIn(pdu, now());
			if (receipt === null) {
				log.warn("receipt.unreadable", { operator, esm_class: pdu.fields.esm_class });
				return commandStatuses.ESME_ROK;
			}
			await sending.add(receipt);
			return commandStatuses.ESME_ROK;
		},
		drained: () => sending.drained(),
	};
}
