import type { ClientPart } from "#shared/domain/message/client-part.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { segmentText } from "#shared/domain/message/segments.ts";
import { type Concatenation, readConcatenation } from "#smpp/wire/concatenation.ts";
import { esmClass } from "#smpp/wire/esm-class.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { readSar, sarNames } from "#smpp/wire/sar.ts";
import { tlvBytes, tlvNumber } from "#smpp/wire/tlvs.ts";
import { type ClientAlphabet, passThroughEncodings, textOf } from "./codings.ts";

/** A message's octets without their header, and which part of a longer text they are. */
export type PartOctets = { readonly octets: Buffer; readonly position: Concatenation | null };

/**
 * Reads the user data header, or else the SAR parameters.
 * @throws Refusal if the header has other elements, or a part number is above its total.
 */
export function partOctets(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">, octets: Buffer): PartOctets {
	if ((pdu.fields.esm_class & esmClass.udhIndicator) === 0)
		return { octets, position: positionUnlessSingle(sarOf(pdu)) };
	const read = readConcatenation(octets);
	if (read === null) {
		throw new Refusal("67", {
			field: "esm_class",
			detail: "a user data header may only hold a concatenation",
		});
	}
	return { octets: read.text, position: positionUnlessSingle(read.position) };
}

/** A text of one part is complete. */
const positionUnlessSingle = (position: Concatenation | null) => (position?.total === 1 ? null : position);

/**
 * The SAR parameters, or null unless all three are present (section 5.3.2.22). They are replaced by a header with a
 * one-octet reference, so that the part keeps its room.
 */
function sarOf(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">): Concatenation | null {
	const malformed = sarNames.find((name) => tlvBytes(pdu, name) !== undefined && tlvNumber(pdu, name) === undefined);
	if (malformed !== undefined) throw new Refusal("194", { field: malformed });
	const position = readSar(pdu);
	if (position === null) return null;
	const { reference, total, number } = position;
	if (number < 1 || number > total || total > 255) {
		throw new Refusal("196", { field: "sar_segment_seqnum", detail: `part ${number} of ${total}` });
	}
	return { reference: reference & 0xff, total, number };
}

/** Room beside a header: 140 octets or 160 septets. A header of 6 octets takes 7 septets, one of 7 octets takes 8. */
const partOctetsMax = {
	gsm7: (isWide: boolean) => (isWide ? 152 : 153),
	ucs2: (isWide: boolean) => (isWide ? 133 : 134),
} as const;

/**
 * The part as it is submitted: GSM-7 and UCS-2 unchanged, ASCII and Latin-1 encoded again.
 * @throws Refusal if it does not fit into one segment.
 */
export function clientPart({ octets, position }: PartOctets, alphabet: ClientAlphabet): ClientPart | null {
	if (position === null) return null;
	const same = passThroughEncodings[alphabet];
	const { encoding, segments } = same ? { encoding: same, segments: [octets] } : segmentText(textOf(octets, alphabet));
	const [only] = segments;
	const octetsMax = partOctetsMax[encoding](position.reference > 0xff);
	if (only === undefined || segments.length > 1 || only.length > octetsMax) {
		throw new Refusal("1", {
			field: "short_message",
			detail: `a part has at most ${octetsMax} octets beside its header`,
		});
	}
	return { ...position, encoding, octets: Buffer.from(only).toString("base64") };
}
