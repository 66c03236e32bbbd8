import { isReceiptText, type Receipt, readReceipt } from "#shared/domain/receipts/receipt.ts";
import { isMask } from "#shared/domain/receipts/recipient-mask.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvBytes, tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { messageOctets, userDataOf } from "#smpp/wire/user-data.ts";
import type { RecentSubmits } from "./recent-submits.ts";
import { smscIdMax } from "./submit-outcome.ts";

/** Characters of a state or reason; the rest is cut. */
const wordMax = 32;

/**
 * Reads a receipt. Null if it has no message id, or one that is too long to be stored.
 * @param recent what this task has submitted to the operator.
 */
export function receiptIn(pdu: Pdu<"deliver_sm">, receivedAt: number, recent?: RecentSubmits): Receipt | null {
	const read = readReceipt({
		text: receiptText(pdu),
		smscId: tlvText(pdu, "receipted_message_id") ?? null,
		state: tlvNumber(pdu, "message_state") ?? null,
		networkError: networkErrorOf(tlvBytes(pdu, "network_error_code")),
		isIntermediate: (pdu.fields.esm_class & esmClass.interim) !== 0,
	});
	if (read === null || read.smscId.length > smscIdMax) return null;
	const { state, reason, smscId, textId = recent?.spellingOf(smscId), segments } = read;
	return {
		smscId,
		...(textId !== undefined && textId.length <= smscIdMax && { textId }),
		...(segments !== undefined && { segments }),
		state: state.slice(0, wordMax),
		reason: reason.slice(0, wordMax),
		...addressesOf(pdu, read, recent),
		receivedAt,
	};
}

const isNumber = (address: string) => /^\+?\d{10,15}$/.test(address);

const isHidden = (address: string) => address === "" || isMask(address);

type Addresses = Pick<Receipt, "recipient" | "unswapped" | "mask">;

/** SMSCs swap the addresses of the submit, or do not, or mask the subscriber's number, or leave it out. */
function addressesOf(
	{ fields: { source_addr: source, destination_addr: destination } }: Pdu<"deliver_sm">,
	{ smscId, textId }: Pick<Receipt, "smscId" | "textId">,
	recent: RecentSubmits | undefined,
): Addresses {
	const ids = [smscId, ...(textId === undefined ? [] : [textId])];
	if (isNumber(source)) {
		if (isNumber(destination)) return { recipient: source, unswapped: destination };
		return isHidden(destination) ? besideNumber(source, destination, ids, recent) : { recipient: source };
	}
	if (isNumber(destination)) return besideNumber(destination, source, ids, recent);
	const mask = [source, destination].find(isMask) ?? source;
	return { recipient: recent?.recipientOf(ids, mask) ?? "", mask };
}

/** A number alone is the recipient, unless this task knows it as the sender of the submit. */
function besideNumber(
	number: string,
	other: string,
	ids: readonly string[],
	recent: RecentSubmits | undefined,
): Addresses {
	const recipient = recent?.recipientOf(ids, other, number);
	if (recipient !== undefined) return { recipient, mask: other };
	const isSure = !isHidden(other) || recent?.recipientOf(ids, "") === number;
	return { recipient: number, ...(!isSure && { mask: other }) };
}

/** The text without a user data header. Some SMSCs declare a header that is not there: then it is all text. */
export function receiptText(pdu: Pdu<"deliver_sm">): string {
	const whole = textOf(messageOctets(pdu));
	if ((pdu.fields.esm_class & esmClass.udhIndicator) === 0) return whole;
	const text = textOf(userDataOf(pdu).octets);
	return isReceiptText(text) || !isReceiptText(whole) ? text : whole;
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
