import smpp, { type TlvName } from "smpp";
import type { Tlv } from "./pdu.ts";
import { type Cursor, noBytes } from "./read-fields.ts";
import { commandStatuses } from "./statuses.ts";

export type { TlvName };

const none: readonly Tlv[] = [];

/**
 * Reads the TLVs up to the end of the PDU. The library's TLV types are not used, because some read beyond the end. Up
 * to three NULs after the last TLV are accepted.
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

export function tlvBytes(pdu: WithTlvs, name: TlvName): Buffer | undefined {
	const tag = smpp.tlvs[name].id;
	return pdu.tlvs.find((tlv) => tlv.tag === tag)?.value;
}

/** The text up to its NUL, if it has one. */
export function tlvText(pdu: WithTlvs, name: TlvName): string | undefined {
	const value = tlvBytes(pdu, name);
	if (value === undefined) return undefined;
	const end = value.indexOf(0);
	return value.toString("latin1", 0, end < 0 ? value.length : end);
}

/** An unsigned number of one to four octets, whatever its definition; undefined otherwise. */
export function tlvNumber(pdu: WithTlvs, name: TlvName): number | undefined {
	const value = tlvBytes(pdu, name);
	if (value === undefined || value.length === 0 || value.length > 4) return undefined;
	return value.readUIntBE(0, value.length);
}

export function bytesTlv(name: TlvName, value: Buffer = noBytes): Tlv {
	return { tag: smpp.tlvs[name].id, value };
}

/** Adds a NUL if the specification has a C-octet string. */
export function textTlv(name: TlvName, text: string): Tlv {
	const { id, type } = smpp.tlvs[name];
	return { tag: id, value: Buffer.from(type === smpp.types.tlv.cstring ? `${text}\0` : text, "latin1") };
}

export function octetTlv(name: TlvName, octet: number): Tlv {
	return { tag: smpp.tlvs[name].id, value: Buffer.of(octet) };
}

export function shortTlv(name: TlvName, value: number): Tlv {
	return { tag: smpp.tlvs[name].id, value: Buffer.of(value >> 8, value & 0xff) };
}
