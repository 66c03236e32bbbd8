import smpp, { type TlvName } from "smpp";
import type { Tlv } from "./pdu.ts";
import { type Cursor, noBytes } from "./read-fields.ts";
import { commandStatuses } from "./statuses.ts";

export type { TlvName };

const none: readonly Tlv[] = [];

/**
 * The optional parameters from the cursor to the end of the PDU, each exactly as long as it says it is. The library's types
 * of them are not used: by those an empty alert_on_message_delivery or a 1-octet source_telematics_id reads past the end,
 * and a receipted_message_id without its NUL swallows what follows. Up to three NULs after the last one are forgiven.
 */
export function readTlvs(cursor: Cursor): readonly Tlv[] {
	const { bytes } = cursor;
	if (cursor.faultStatus !== undefined || cursor.offset === bytes.length) return none;
	const tlvs: Tlv[] = [];
	let offset = cursor.offset;
	while (offset + 4 <= bytes.length) {
		const end = offset + 4 + bytes.readUInt16BE(offset + 2);
		if (end > bytes.length) break;
		tlvs.push({ tag: bytes.readUInt16BE(offset), value: bytes.subarray(offset + 4, end) });
		offset = end;
	}
	cursor.offset = offset;
	const stray = bytes.subarray(offset);
	if (stray.length >= 4 || stray.some((octet) => octet !== 0)) cursor.faultStatus = commandStatuses.ESME_RINVTLVSTREAM;
	return tlvs;
}

type WithTlvs = { readonly tlvs: readonly Tlv[] };

/** The value of an optional parameter as it came; undefined when the PDU has none. */
export function tlvBytes(pdu: WithTlvs, name: TlvName): Buffer | undefined {
	const tag = smpp.tlvs[name].id;
	return pdu.tlvs.find((tlv) => tlv.tag === tag)?.value;
}

/** A text, up to its NUL where it has one. */
export function tlvText(pdu: WithTlvs, name: TlvName): string | undefined {
	const value = tlvBytes(pdu, name);
	if (value === undefined) return undefined;
	const end = value.indexOf(0);
	return value.toString("latin1", 0, end < 0 ? value.length : end);
}

/** An unsigned number of one to four octets, whatever its definition says; undefined when it has none or more. */
export function tlvNumber(pdu: WithTlvs, name: TlvName): number | undefined {
	const value = tlvBytes(pdu, name);
	if (value === undefined || value.length === 0 || value.length > 4) return undefined;
	return value.readUIntBE(0, value.length);
}

export function bytesTlv(name: TlvName, value: Buffer = noBytes): Tlv {
	return { tag: smpp.tlvs[name].id, value };
}

/** A text with its NUL where the specification wants a C-octet string. */
export function textTlv(name: TlvName, text: string): Tlv {
	const { id, type } = smpp.tlvs[name];
	return { tag: id, value: Buffer.from(type === smpp.types.tlv.cstring ? `${text}\0` : text, "latin1") };
}

export function octetTlv(name: TlvName, octet: number): Tlv {
	return { tag: smpp.tlvs[name].id, value: Buffer.of(octet) };
}
