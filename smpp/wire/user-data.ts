import { type PartPlace, placeOf } from "#shared/domain/mo-part.ts";
import type { Pdu } from "./pdu.ts";
import { tlvBytes, tlvNumber } from "./tlvs.ts";

/** The message of a deliver_sm or submit_sm without its header, and which part of a longer one it is. */
export type UserData = {
	/** A view of the PDU's octets. */
	readonly octets: Buffer;
	/** Null: it is a message by itself. */
	readonly place: PartPlace | null;
	/** It says that it has a header, and has none that can be read: all of it is text then. */
	readonly malformed: boolean;
};

/** Section 5.2.12: the message begins with a user data header. */
const withHeader = 0x40;

/** 3GPP TS 23.040, section 9.2.3.24: concatenation with a reference of one octet, and of two. */
const shortReference = 0x00;
const longReference = 0x08;

/** Reads the message wherever it is, short_message or message_payload; its place from its header, else from the SAR TLVs. */
export function userDataOf(pdu: Pdu<"deliver_sm" | "submit_sm">): UserData {
	const { short_message, esm_class } = pdu.fields;
	const bytes = short_message.length > 0 ? short_message : (tlvBytes(pdu, "message_payload") ?? short_message);
	const sar = placeByTlvs(pdu);
	if ((esm_class & withHeader) === 0) return { octets: bytes, place: sar, malformed: false };
	const end = 1 + (bytes[0] ?? bytes.length);
	if (end > bytes.length) return { octets: bytes, place: sar, malformed: true };
	return { octets: bytes.subarray(end), place: placeByHeader(bytes.subarray(1, end)) ?? sar, malformed: false };
}

function placeByTlvs(pdu: Pdu<"deliver_sm" | "submit_sm">): PartPlace | null {
	const reference = tlvNumber(pdu, "sar_msg_ref_num");
	const total = tlvNumber(pdu, "sar_total_segments");
	const sequence = tlvNumber(pdu, "sar_segment_seqnum");
	if (reference === undefined || total === undefined || sequence === undefined) return null;
	return total > 255 ? null : placeOf(reference, total, sequence);
}

/** Goes through the header's elements; one that ends after the header does ends the search. */
function placeByHeader(header: Buffer): PartPlace | null {
	for (let offset = 0; offset + 2 <= header.length; ) {
		const [element, length = 0] = header.subarray(offset, offset + 2);
		const value = header.subarray(offset + 2, offset + 2 + length);
		if (value.length < length) return null;
		const [first = 0, second = 0, third = 0, fourth = 0] = value;
		if (element === shortReference && length === 3) return placeOf(first, second, third);
		if (element === longReference && length === 4) return placeOf(first * 256 + second, third, fourth);
		offset += 2 + length;
	}
	return null;
}
