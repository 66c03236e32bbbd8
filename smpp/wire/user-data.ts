import { type PartPlace, partPlaceOf } from "#shared/domain/incoming/mo-part.ts";
import { type Concatenation, concatenationIn } from "./concatenation.ts";
import type { Pdu } from "./pdu.ts";
import { readSar } from "./sar.ts";
import { tlvBytes } from "./tlvs.ts";
import { readUdh, udhIndicator } from "./user-data-header.ts";

/** The message of a deliver_sm or submit_sm without its header, and which part of a longer one it is. */
export type UserData = {
	/** A view of the PDU's octets. */
	readonly octets: Buffer;
	/** Null: it is a message by itself. */
	readonly place: PartPlace | null;
	/** It says that it has a header, and has none that can be read: all of it is text then. */
	readonly malformed: boolean;
};

/** Reads the message wherever it is, short_message or message_payload; its place from its header, else from the SAR TLVs. */
export function userDataOf(pdu: Pdu<"deliver_sm" | "submit_sm">): UserData {
	const { short_message, esm_class } = pdu.fields;
	const bytes = short_message.length > 0 ? short_message : (tlvBytes(pdu, "message_payload") ?? short_message);
	const sar = readSar(pdu);
	const bySar = sar === null || sar.total > 255 ? null : place(sar);
	if ((esm_class & udhIndicator) === 0) return { octets: bytes, place: bySar, malformed: false };
	const read = readUdh(bytes);
	if (read === null) return { octets: bytes, place: bySar, malformed: true };
	/* Whatever else its header holds, SMSCs let through what handsets write. */
	const [byHeader] = read.elements.flatMap((element) => concatenationIn(element) ?? []);
	return { octets: read.text, place: (byHeader && place(byHeader)) ?? bySar, malformed: false };
}

const place = ({ reference, total, number }: Concatenation) => partPlaceOf(reference, total, number);
