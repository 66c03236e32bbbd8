import { gsm7Characters } from "./gsm7.ts";

/** What an SMSC takes data_coding 0 for: its default alphabet. */
export const alphabets = ["gsm7", "latin1", "ascii"] as const;
export type Alphabet = (typeof alphabets)[number];

/** How a text's octets are to be read, as SMPP's data_coding tells it apart (section 5.2.19). */
export type Encoding<Own extends Alphabet = Alphabet> = Own | "ucs2";

export type SegmentedText<Own extends Alphabet = Alphabet> = {
	readonly encoding: Encoding<Own>;
	/** The octets of each segment's text, its user data header not included. At least one. */
	readonly segments: readonly Uint8Array[];
};

/** A character as it goes over the wire, and the room that it takes on the air: septets of GSM-7, octets of UCS-2. */
type Character = { readonly octets: readonly number[]; readonly size: number };

type Room = { readonly alone: number; readonly together: number };

/** What fits in one segment, and in each of several, beside their header of six octets (A30). */
const septets: Room = { alone: 160, together: 153 };
const octets: Room = { alone: 140, together: 134 };

/**
 * A text as segments: in the SMSC's default alphabet where it has all of it, else UCS-2. Neither an escape pair nor a
 * surrogate pair is cut. An SMSC of another default alphabet than GSM-7 makes GSM-7 of it for the air: so what that lacks
 * goes as UCS-2 too, and a segment holds as much as one of GSM-7 does.
 */
export function segmentText(text: string): SegmentedText<"gsm7">;
export function segmentText(text: string, alphabet?: Alphabet): SegmentedText;
export function segmentText(text: string, alphabet: Alphabet = "gsm7"): SegmentedText {
	const characters = inAlphabet(text, alphabet);
	if (characters !== null) return { encoding: alphabet, segments: packed(characters, septets) };
	return { encoding: "ucs2", segments: packed(ucs2Characters(text), octets) };
}

const codeMax = { latin1: 0xff, ascii: 0x7f } as const;

function inAlphabet(text: string, alphabet: Alphabet): readonly Character[] | null {
	const onAir = gsm7Characters(text);
	if (onAir === null) return null;
	if (alphabet === "gsm7") return onAir.map((codes) => ({ octets: codes, size: codes.length }));
	/* GSM-7 has no character outside the basic plane: each is one unit here. */
	const codes = onAir.map((_, index) => text.charCodeAt(index));
	if (codes.some((code) => code > codeMax[alphabet])) return null;
	return onAir.map(({ length: size }, index) => ({ octets: [codes[index] ?? 0], size }));
}

/** Each character's octets, big-endian, a surrogate pair together. */
function ucs2Characters(text: string): readonly Character[] {
	return Array.from(text, (character) => {
		const size = character.length * 2;
		const own = Array.from({ length: size }, (_, index) => {
			const unit = character.charCodeAt(index >> 1);
			return index % 2 === 0 ? unit >> 8 : unit & 0xff;
		});
		return { octets: own, size };
	});
}

function packed(characters: readonly Character[], { alone, together }: Room): readonly Uint8Array[] {
	const whole = characters.reduce((sum, { size }) => sum + size, 0);
	if (whole <= alone) return [Uint8Array.from(characters.flatMap((character) => character.octets))];
	const segments: number[][] = [[]];
	let used = 0;
	for (const character of characters) {
		if (used + character.size > together) {
			segments.push([]);
			used = 0;
		}
		segments.at(-1)?.push(...character.octets);
		used += character.size;
	}
	return segments.map((segment) => Uint8Array.from(segment));
}
