import smpp, { type PduOptions } from "smpp";

export type SimulatedReceipt = {
	readonly messageId: string;
	readonly sender: string;
	readonly senderTon: number;
	readonly senderNpi: number;
	readonly recipient: string;
	readonly recipientTon: number;
	readonly recipientNpi: number;
	readonly delivered: boolean;
	/** The network's error, 0 when there is none. */
	readonly err: number;
	readonly submittedAt: number;
	readonly text: string;
};

/** `yymmddhhmm`, in UTC. */
function receiptDate(at: number): string {
	return new Date(at).toISOString().replaceAll(/\D/g, "").slice(2, 12);
}

/** The text of SMPP's appendix B, which nearly every SMSC sends. */
export function simulatedReceiptText(receipt: SimulatedReceipt, doneAt: number): string {
	const { messageId, delivered, err, submittedAt, text } = receipt;
	return [
		`id:${messageId} sub:001 dlvrd:${delivered ? "001" : "000"}`,
		`submit date:${receiptDate(submittedAt)} done date:${receiptDate(doneAt)}`,
		`stat:${delivered ? "DELIVRD" : "UNDELIV"} err:${String(err).padStart(3, "0")} text:${text}`,
	].join(" ");
}

/** The first 20 characters of a message, as a receipt repeats them. Characters outside ASCII become question marks. */
export function textBeginning(message: Buffer, esmClass: number, dataCoding: number): string {
	const headerOctets = (esmClass & 0x40) === 0 ? 0 : (message[0] ?? 0) + 1;
	const body = message.subarray(headerOctets, headerOctets + 40);
	const isUcs2 = (dataCoding & 0x0c) === 0x08;
	const text = isUcs2
		? Buffer.from(body.subarray(0, body.length & ~1))
				.swap16()
				.toString("utf16le")
		: body.toString("latin1");
	return text.slice(0, 20).replaceAll(/[^ -~]/g, "?");
}

const { DELIVERED, UNDELIVERABLE } = smpp.consts.MESSAGE_STATE;

export function receiptFields(receipt: SimulatedReceipt): PduOptions {
	return {
		source_addr_ton: receipt.recipientTon,
		source_addr_npi: receipt.recipientNpi,
		source_addr: receipt.recipient,
		dest_addr_ton: receipt.senderTon,
		dest_addr_npi: receipt.senderNpi,
		destination_addr: receipt.sender,
		esm_class: 0x04,
		data_coding: 0,
		short_message: Buffer.from(simulatedReceiptText(receipt, Date.now()), "latin1"),
		receipted_message_id: receipt.messageId,
		message_state: receipt.delivered ? DELIVERED : UNDELIVERABLE,
	};
}
