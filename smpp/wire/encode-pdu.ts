import { commandLengthMax, headerOctets } from "./framing.ts";
import { layoutFor } from "./layouts.ts";
import type { CommandName, FieldsOf, Tlv } from "./pdu.ts";
import { fieldWriter, UnencodableError } from "./write-fields.ts";

/** A PDU to send. Absent fields are blank: 0, "" or no bytes. Strings and messages are not recoded. */
export type OutgoingPdu<Name extends CommandName = CommandName> = {
	readonly command: Name;
	/** Default 0. With another status a response is a header only, as SMPP 3.4 wants it (section 4.4.2). */
	readonly command_status?: number;
	readonly sequence_number: number;
	readonly fields?: Partial<FieldsOf[Name]>;
	readonly tlvs?: readonly Tlv[];
};

const tlvHeaderOctets = 4;

function writeTlv(tlv: Tlv, into: Buffer, offset: number): number {
	if (tlv.value.length > 0xffff) throw new UnencodableError(`TLV ${tlv.tag}`, "at most 65535 octets");
	into.writeUInt16BE(tlv.tag, offset);
	into.writeUInt16BE(tlv.value.length, offset + 2);
	into.set(tlv.value, offset + tlvHeaderOctets);
	return offset + tlvHeaderOctets + tlv.value.length;
}

/** @throws UnencodableError for a value that does not fit its field. Nothing is cut or replaced. */
export function encodePdu<Name extends CommandName>(pdu: OutgoingPdu<Name>): Buffer {
	const layout = layoutFor(pdu.command);
	const status = pdu.command_status ?? 0;
	const isHeaderOnly = layout.isResponse && status !== 0;
	const tlvs = isHeaderOnly ? [] : (pdu.tlvs ?? []);
	const fields = isHeaderOnly ? [] : layout.fields;
	const values: Readonly<Record<string, unknown>> = pdu.fields ?? {};

	let size = headerOctets;
	for (const { name, kind } of fields) size += fieldWriter(kind).size(values[name], name);
	for (const tlv of tlvs) size += tlvHeaderOctets + tlv.value.length;
	if (size > commandLengthMax) throw new UnencodableError(pdu.command, `at most ${commandLengthMax} octets`);

	const bytes = Buffer.allocUnsafe(size);
	bytes.writeUInt32BE(size, 0);
	bytes.writeUInt32BE(layout.commandId, 4);
	bytes.writeUInt32BE(status, 8);
	bytes.writeUInt32BE(pdu.sequence_number, 12);
	let offset = headerOctets;
	for (const { name, kind } of fields) offset = fieldWriter(kind).write(values[name], name, bytes, offset);
	for (const tlv of tlvs) offset = writeTlv(tlv, bytes, offset);
	return bytes;
}
