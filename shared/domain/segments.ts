import { gsm7Characters } from "./gsm7.ts";

/** How a text's octets are to be read, as SMPP's data_coding tells it apart (section 5.2.19). */
export type Encoding = "gsm7" | "ucs2";

export type SegmentedText = {
	readonly encoding: Encoding;
	/** The octets of each segment's text, its user data header not included. At least one. */
	readonly segments: readonly Uint8Array[];
};

/**
 * What fits in one segment, and in each of several, beside their header of six octets (A30): GSM-7 counts septets, which SMPP
 * carries one per octet; UCS-2 counts octets, two per unit.
 */
const room = {
	gsm7: { alone: 160, together: 153 },
	ucs2: { alone: 140, together: 134 },
} as const satisfies Record<Encoding, { alone: number; together: number }>;

/** A text as segments: GSM-7 where its alphabet has all of it, else UCS-2. Neither an escape pair nor a surrogate pair is cut. */
export function segmentText(text: string): SegmentedText {
	const septets = gsm7Characters(text);
	const encoding = septets === null ? "ucs2" : "gsm7";
	return { encoding, segments: packed(septets ?? ucs2Characters(text), room[encoding]) };
}

/** Each character's octets, big-endian, a surrogate pair together. */
function ucs2Characters(text: string): readonly (readonly number[])[] {
	return Array.from(text, (character) =>
		Array.from({ length: character.length * 2 }, (_, index) => {
			const unit = character.charCodeAt(index >> 1);
			return index % 2 === 0 ? unit >> 8 : unit & 0xff;
		}),
	);
}

function packed(
	characters: readonly (readonly number[])[],
	{ alone, together }: { readonly alone: number; readonly together: number },
): readonly Uint8Array[] {
	const octets = characters.flat();
	if (octets.length <= alone) return [Uint8Array.from(octets)];
	const segments: number[][] = [[]];
	for (const character of characters) {
		const last = segments.at(-1) ?? [];
		if (last.length + character.length <= together) last.push(...character);
		else segments.push([...character]);
	}
	return segments.map((segment) => Uint8Array.from(segment));
}
