import type { Operator } from "#shared/domain/operators.ts";
import type { Receipt } from "#shared/domain/receipt.ts";
import type { Clock, Log, ReceiptQueue } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import type { DeliverIntake } from "./deliver-intake.ts";
import { receiptIn } from "./receipt-in-pdu.ts";

/** Receipts that come together cost one entry of the receipts queue. */
const lot = { itemsMax: 100, quietMs: 10, waitMs: 60 };

/** Takes an operator's receipts to their queue. */
export function receiptsIntake(operator: Operator, queue: ReceiptQueue, now: Clock, log: Log): DeliverIntake {
	const sending = gathered<Receipt>(lot, async (receipts) => {
		await queue.send([{ operator, receipts, looks: 0 }]);
	});
	return {
		async accept(pdu) {
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
