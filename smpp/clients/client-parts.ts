import type { ClientPart } from "#shared/domain/message/client-part.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { segmentText } from "#shared/domain/message/segments.ts";
import { type Concatenation, readConcatenation } from "#smpp/wire/concatenation.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { readSar } from "#smpp/wire/sar.ts";
import { udhIndicator } from "#smpp/wire/user-data-header.ts";
import { type Alphabet, passThroughEncodings, textOf } from "./codings.ts";

/** A message's octets without their header, and which part of a longer text they are. */
export type PartOctets = { readonly octets: Buffer; readonly position: Concatenation | null };

/**
 * Which part a message is, by its user data header or its SAR parameters.
 * @throws Refusal where a header says anything else, or a number is past its total.
 */
export function partOctets(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">, octets: Buffer): PartOctets {
	if ((pdu.fields.esm_class & udhIndicator) === 0) return { octets, position: positionUnlessSingle(sarOf(pdu)) };
	const read = readConcatenation(octets);
	if (read === null) {
		throw new Refusal("67", {
			field: "esm_class",
			detail: "a user data header may hold a concatenation, and nothing else",
		});
	}
	return { octets: read.text, position: positionUnlessSingle(read.position) };
}

/** The only part of its text is all of it. */
const positionUnlessSingle = (position: Concatenation | null) => (position?.total === 1 ? null : position);

/**
 * The SAR parameters, or null where not all three are there: section 5.3.2.22 has them ignored then. The header that takes their place has
 * a reference of one octet, so that a part has room for as much as its client may have put into it.
 */
function sarOf(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">): Concatenation | null {
	const position = readSar(pdu);
	if (position === null) return null;
	const { reference, total, number } = position;
	if (number < 1 || number > total || total > 255) {
		throw new Refusal("196", { field: "sar_segment_seqnum", detail: `part ${number} of ${total}` });
	}
	return { reference: reference & 0xff, total, number };
}

/** What fits beside a header: of 140 octets, or 160 septets; a header of 6 octets takes 7 septets, one of 7 takes 8. */
const partOctetsMax = {
	gsm7: (isWide: boolean) => (isWide ? 152 : 153),
	ucs2: (isWide: boolean) => (isWide ? 133 : 134),
} as const;

/**
 * The part as it will go out: GSM-7 and UCS-2 octet for octet, ASCII and Latin-1 as whichever of these their text needs.
 * @throws Refusal where it does not fit into one segment.
 */
export function clientPart({ octets, position }: PartOctets, alphabet: Alphabet): ClientPart | null {
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
