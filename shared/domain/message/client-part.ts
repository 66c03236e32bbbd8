import { type Alphabet, type Encoding, type SegmentedText, segmentText } from "./segments.ts";

/**
 * A part of a longer text, as its client cut it: it goes out as it came, under the client's own reference, so that a handset joins it
 * with parts that came as other messages.
 */
export type ClientPart = {
	/** 0 to 65,535, the same in all parts. */
	readonly reference: number;
	readonly total: number;
	/** From 1. */
	readonly number: number;
	readonly encoding: Encoding<"gsm7">;
	/** In base64, without the header. A client may cut an escape or a surrogate pair in two, which no text could hold. */
	readonly octets: string;
};

/** What a message goes out as: its own text in segments, or the one part that it is, whatever its SMSC's alphabet. */
export function segmentsOf(
	{ text, part }: { readonly text: string; readonly part: ClientPart | null },
	alphabet?: Alphabet,
): SegmentedText {
	if (part === null) return segmentText(text, alphabet);
	return { encoding: part.encoding, segments: [Buffer.from(part.octets, "base64")] };
}
