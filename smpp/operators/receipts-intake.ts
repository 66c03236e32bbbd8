import type { Operator } from "#shared/domain/operators.ts";
import { type Receipt, readReceipt } from "#shared/domain/receipt.ts";
import type { Clock, Log, ReceiptQueue } from "#shared/ports.ts";
import { gathered } from "#smpp/gathered.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { tlvBytes, tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { smscIdMax } from "./submit-outcome.ts";

/** Section 5.2.12: the message type bits, and the type that a receipt has. */
const typeBits = 0x3c;
const receiptType = 0x04;

/** Receipts that come together cost one entry of the receipts queue. */
const lot = { itemsMax: 100, waitMs: 10 };

/** States and reasons are words of a few letters. */
const wordMax = 32;

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
			const receipt = receiptOf(pdu, now());
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

function receiptOf(pdu: Pdu<"deliver_sm">, receivedAt: number): Receipt | null {
	const { short_message, source_addr } = pdu.fields;
	const bytes = short_message.length > 0 ? short_message : tlvBytes(pdu, "message_payload");
	const read = readReceipt({
		text: textOf(bytes ?? short_message, pdu.fields.data_coding),
		smscId: tlvText(pdu, "receipted_message_id") ?? null,
		state: tlvNumber(pdu, "message_state") ?? null,
	});
	if (read === null || read.smscId.length > smscIdMax) return null;
	const { smscId, state, reason } = read;
	return {
		smscId,
		state: state.slice(0, wordMax),
		reason: reason.slice(0, wordMax),
		recipient: source_addr,
		receivedAt,
	};
}

const ucs2 = 8;

/** A receipt's text is ASCII, whatever its data_coding says; where it is UCS-2 after all, every other octet is none. */
function textOf(bytes: Buffer, dataCoding: number): string {
	const isWide = dataCoding === ucs2 && bytes.length % 2 === 0 && bytes[0] === 0;
	return isWide ? Buffer.from(bytes).swap16().toString("utf16le") : bytes.toString("latin1");
}
