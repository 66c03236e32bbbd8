import { type PartPlace, partPlaceOf } from "#shared/domain/incoming/mo-part.ts";
import { type Concatenation, concatenationIn } from "./concatenation.ts";
import { esmClass } from "./esm-class.ts";
import type { Pdu } from "./pdu.ts";
import { readSar } from "./sar.ts";
import { tlvBytes } from "./tlvs.ts";
import { readUdh } from "./user-data-header.ts";

/** The text of a message without its header, and its position in a longer text. */
export type UserData = {
	readonly octets: Buffer;
	/** Null for a message of one part. */
	readonly place: PartPlace | null;
	/** It declares a header that cannot be read: all octets are text. */
	readonly malformed: boolean;
};

/** The octets of short_message or message_payload, as they are. */
export function messageOctets(pdu: Pdu<"deliver_sm" | "submit_sm">): Buffer {
	const { short_message } = pdu.fields;
	return short_message.length > 0 ? short_message : (tlvBytes(pdu, "message_payload") ?? short_message);
}

/** Reads short_message or message_payload; the position from the header, or else from the SAR TLVs. */
export function userDataOf(pdu: Pdu<"deliver_sm" | "submit_sm">): UserData {
	const { esm_class } = pdu.fields;
	const bytes = messageOctets(pdu);
	const sar = readSar(pdu);
	const bySar = sar === null || sar.total > 255 ? null : place(sar);
	if ((esm_class & esmClass.udhIndicator) === 0) return { octets: bytes, place: bySar, malformed: false };
	const read = readUdh(bytes);
	if (read === null) return { octets: bytes, place: bySar, malformed: true };
	/* Other elements are ignored: SMSCs pass on what handsets write. */
	const [byHeader] = read.elements.flatMap((element) => concatenationIn(element) ?? []);
	return { octets: read.text, place: (byHeader && place(byHeader)) ?? bySar, malformed: false };
}

const place = ({ reference, total, number }: Concatenation) => partPlaceOf(reference, total, number);
