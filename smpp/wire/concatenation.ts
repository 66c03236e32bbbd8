import { readUdh, type UdhElement } from "./user-data-header.ts";

/** Position of a part in a longer text, by its user data header (3GPP TS 23.040, section 9.2.3.24). */
export type Concatenation = { readonly reference: number; readonly total: number; readonly number: number };

/** The two elements: with a reference of one octet, and of two. */
const narrow = { id: 0x00, octets: 3 } as const;
const wide = { id: 0x08, octets: 4 } as const;

/** A header with a concatenation only, as short as its reference allows. */
export function concatenationHeader(reference: number, total: number, number: number): readonly number[] {
	if (reference < 0x100) return [5, narrow.id, narrow.octets, reference, total, number];
	return [6, wide.id, wide.octets, reference >> 8, reference & 0xff, total, number];
}

/** Null for other elements. Its numbers may be inconsistent. */
export function concatenationIn({ id, value }: UdhElement): Concatenation | null {
	const [first = 0, second = 0, third = 0, fourth = 0] = value;
	if (id === narrow.id && value.length === narrow.octets) return { reference: first, total: second, number: third };
	if (id !== wide.id || value.length !== wide.octets) return null;
	return { reference: first * 0x100 + second, total: third, number: fourth };
}

/** Null if the header is malformed or has other elements. */
export function readConcatenation(octets: Buffer): { readonly position: Concatenation; readonly text: Buffer } | null {
	const read = readUdh(octets);
	const [only, ...others] = read?.elements ?? [];
	if (!read?.isWhole || only === undefined || others.length > 0) return null;
	const position = concatenationIn(only);
	return position === null || position.number < 1 || position.number > position.total
		? null
		: { position, text: read.text };
}
