import { type Alphabet, type Encoding, type SegmentedText, segmentText } from "./segments.ts";

/**
 * A part of a longer text that the client cut itself. It is sent as it came, with the client's reference, so the
 * handset joins it with parts that came as other messages (ADR 0030).
 */
export type ClientPart = {
	/** 0 to 65,535, the same in all parts. */
	readonly reference: number;
	readonly total: number;
	/** From 1. */
	readonly number: number;
	readonly encoding: Encoding<"gsm7">;
	/** Base64, without the header. Not text, because a client may cut an escape or a surrogate pair in two. */
	readonly octets: string;
};

/** The segments of a message; a client part is one segment, whatever the SMSC's alphabet. */
export function segmentsOf(
	{ text, part }: { readonly text: string; readonly part: ClientPart | null },
	alphabet?: Alphabet,
): SegmentedText {
	if (part === null) return segmentText(text, alphabet);
	return { encoding: part.encoding, segments: [Buffer.from(part.octets, "base64")] };
}
