import { type Receipt, readReceipt } from "#shared/domain/receipts/receipt.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvBytes, tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { messageOctets } from "#smpp/wire/user-data.ts";
import { smscIdMax } from "./submit-outcome.ts";

/** Characters of a state or reason; the rest is cut. */
const wordMax = 32;

/** Reads a receipt. Null if it has no message id, or one that is too long to be stored. */
export function receiptIn(pdu: Pdu<"deliver_sm">, receivedAt: number): Receipt | null {
	const read = readReceipt({
		text: textOf(messageOctets(pdu)),
		smscId: tlvText(pdu, "receipted_message_id") ?? null,
		state: tlvNumber(pdu, "message_state") ?? null,
		networkError: networkErrorOf(tlvBytes(pdu, "network_error_code")),
	});
	if (read === null || read.smscId.length > smscIdMax) return null;
	const { smscId, state, reason } = read;
	return {
		smscId,
		state: state.slice(0, wordMax),
		reason: reason.slice(0, wordMax),
		recipient: pdu.fields.source_addr,
		receivedAt,
	};
}

/** The network type, then a code of two octets (SMPP section 5.3.2.31). */
function networkErrorOf(value: Buffer | undefined): number | null {
	return value?.length === 3 ? value.readUInt16BE(1) : null;
}

/** A receipt is ASCII, whatever its data_coding. If it is UCS-2 nevertheless, every other octet is 0. */
function textOf(bytes: Buffer): string {
	const isWide = bytes.length >= 4 && bytes.length % 2 === 0;
	if (isWide && bytes[0] === 0 && bytes[2] === 0) return withoutNuls(Buffer.from(bytes).swap16().toString("utf16le"));
	if (isWide && bytes[1] === 0 && bytes[3] === 0) return withoutNuls(bytes.toString("utf16le"));
	return withoutNuls(bytes.toString("latin1"));
}

function withoutNuls(text: string): string {
	return text.replaceAll("\0", "");
}
