import { gsm7Characters } from "./gsm7.ts";

/** The default alphabets of SMSCs, which data_coding 0 means. */
export const alphabets = ["gsm7", "latin1", "ascii"] as const;
export type Alphabet = (typeof alphabets)[number];

/** The encoding of a text, as SMPP's data_coding says it (section 5.2.19). */
export type Encoding<Own extends Alphabet = Alphabet> = Own | "ucs2";

export type SegmentedText<Own extends Alphabet = Alphabet> = {
	readonly encoding: Encoding<Own>;
	/** The octets of each segment, without its user data header. At least one segment. */
	readonly segments: readonly Uint8Array[];
};

/** `octets`: on the wire to the SMSC. `size`: on the air, in septets of GSM-7 or octets of UCS-2. */
type Character = { readonly octets: readonly number[]; readonly size: number };

type Room = { readonly alone: number; readonly together: number };

/** The room of a single segment, and of each of several, which have a header of six octets (A30). */
const septets: Room = { alone: 160, together: 153 };
const octets: Room = { alone: 140, together: 134 };

/**
 * Cuts a text into segments: in the SMSC's default alphabet if it has all characters, else in UCS-2. Escape pairs and
 * surrogate pairs are never cut. An SMSC with another default alphabet converts to GSM-7 for the air, so characters
 * outside GSM-7 need UCS-2 there too, and sizes are those of GSM-7.
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
	/* GSM-7 has no character outside the basic plane, so each is one UTF-16 unit. */
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
