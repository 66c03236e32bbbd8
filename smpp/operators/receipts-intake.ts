import type { Clock } from "#shared/clock.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { noRecipientForm } from "#shared/domain/receipts/submission-candidates.ts";
import { batcher } from "#shared/flow/batcher.ts";
import { sampledLog } from "#shared/flow/sampled-log.ts";
import type { Log } from "#shared/log.ts";
import type { ReceiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import type { ReceiptQueue } from "#shared/usecases/receipts/receipt-queue.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import type { DeliverSmIntake } from "./deliver-sm-intake.ts";
import { receiptIn } from "./receipt-in-pdu.ts";
import type { RecentSubmits } from "./recent-submits.ts";

/** One batch is one entry of the receipts queue. */
const batcherLimits = { itemsMax: 100, quietMs: 10, waitMs: 60 };

/** What is known of an operator's submits and receipts, for receipts that do not say enough. */
export type ReceiptsKnown = { readonly recent: RecentSubmits; readonly forms: Pick<ReceiptForms, "learn"> };

/** Puts an operator's receipts into the receipts queue. An unreadable one is accepted, because a repeat would be too. */
export function receiptsIntake(
	operator: Operator,
	queue: ReceiptQueue,
	now: Clock,
	log: Log,
	known?: ReceiptsKnown,
): DeliverSmIntake {
	const queueing = batcher<Receipt>(batcherLimits, async (receipts) => {
		await queue.send([{ operator, receipts, checks: 0 }]);
	});
	const sampled = sampledLog(log, () => performance.now());
	return {
		async accept(pdu) {
			const receipt = receiptIn(pdu, now(), known?.recent);
			if (receipt === null) {
				sampled("warn", "receipt.unreadable", { operator, esm_class: pdu.fields.esm_class }, operator);
				return commandStatuses.ESME_ROK;
			}
			if (isWithoutRecipient(receipt, pdu.fields.source_addr)) await known?.forms.learn(operator, noRecipientForm);
			await queueing.add(receipt);
			return commandStatuses.ESME_ROK;
		},
		drained: () => queueing.drained(),
	};
}

/** A number at the usual place is the recipient, unless it is known as another's. */
function isWithoutRecipient({ recipient, mask }: Receipt, source: string): boolean {
	return mask !== undefined && (recipient === "" || recipient !== source);
}
