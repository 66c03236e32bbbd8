import type { ClientPart } from "#shared/domain/client-part.ts";
import { Refusal } from "#shared/domain/refusal.ts";
import { segmentText } from "#shared/domain/segments.ts";
import { type Concatenation, readConcatenation } from "#smpp/wire/concatenation.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { readSar } from "#smpp/wire/sar.ts";
import { withHeader } from "#smpp/wire/user-data-header.ts";
import { type Alphabet, sameOnAir, textOf } from "./codings.ts";

/** A message's octets without their header, and which part of a longer text they are. */
export type CutOctets = { readonly octets: Buffer; readonly is: Concatenation | null };

/**
 * Which part a message is, by its user data header or its SAR parameters.
 * @throws Refusal where a header says anything else, or a number is past its total.
 */
export function cutOctets(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">, octets: Buffer): CutOctets {
	if ((pdu.fields.esm_class & withHeader) === 0) return { octets, is: partOfMany(sarOf(pdu)) };
	const read = readConcatenation(octets);
	if (read === null) {
		throw new Refusal("67", {
			field: "esm_class",
			detail: "a user data header may hold a concatenation, and nothing else",
		});
	}
	return { octets: read.text, is: partOfMany(read.is) };
}

/** The only part of its text is all of it. */
const partOfMany = (is: Concatenation | null) => (is?.total === 1 ? null : is);

/**
 * The SAR parameters, or null where not all three are there: section 5.3.2.22 has them ignored then. The header that takes their place has
 * a reference of one octet, so that a part has room for as much as its client may have put into it.
 */
function sarOf(pdu: Pdu<"submit_sm" | "submit_multi" | "data_sm">): Concatenation | null {
	const is = readSar(pdu);
	if (is === null) return null;
	const { reference, total, number } = is;
	if (number < 1 || number > total || total > 255) {
		throw new Refusal("196", { field: "sar_segment_seqnum", detail: `part ${number} of ${total}` });
	}
	return { reference: reference & 0xff, total, number };
}

/** What fits beside a header: of 140 octets, or 160 septets; a header of 6 octets takes 7 septets, one of 7 takes 8. */
const room = {
	gsm7: (isWide: boolean) => (isWide ? 152 : 153),
	ucs2: (isWide: boolean) => (isWide ? 133 : 134),
} as const;

/**
 * The part as it will go out: GSM-7 and UCS-2 octet for octet, ASCII and Latin-1 as whichever of these their text needs.
 * @throws Refusal where it does not fit into one segment.
 */
export function clientPart({ octets, is }: CutOctets, alphabet: Alphabet): ClientPart | null {
	if (is === null) return null;
	const same = sameOnAir[alphabet];
	const { encoding, segments } = same ? { encoding: same, segments: [octets] } : segmentText(textOf(octets, alphabet));
	const [only] = segments;
	const most = room[encoding](is.reference > 0xff);
	if (only === undefined || segments.length > 1 || only.length > most) {
		throw new Refusal("1", { field: "short_message", detail: `a part has at most ${most} octets beside its header` });
	}
	return { ...is, encoding, octets: Buffer.from(only).toString("base64") };
}
