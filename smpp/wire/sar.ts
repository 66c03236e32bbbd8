import type { Concatenation } from "./concatenation.ts";
import type { Tlv } from "./pdu.ts";
import { bytesTlv, octetTlv, tlvNumber } from "./tlvs.ts";

/** Position of a part, as TLVs (SMPP sections 5.3.2.22 to 5.3.2.24). */
export function sarTlvs({ reference, total, number }: Concatenation): readonly Tlv[] {
	const written = Buffer.alloc(2);
	written.writeUInt16BE(reference);
	return [
		bytesTlv("sar_msg_ref_num", written),
		octetTlv("sar_total_segments", total),
		octetTlv("sar_segment_seqnum", number),
	];
}

export const sarNames = ["sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum"] as const;

/** Null unless all three TLVs are present; others are ignored then. Its numbers may be inconsistent. */
export function readSar(pdu: { readonly tlvs: readonly Tlv[] }): Concatenation | null {
	const reference = tlvNumber(pdu, "sar_msg_ref_num");
	const total = tlvNumber(pdu, "sar_total_segments");
	const number = tlvNumber(pdu, "sar_segment_seqnum");
	if (reference === undefined || total === undefined || number === undefined) return null;
	return { reference, total, number };
}
