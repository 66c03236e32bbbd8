/** Which part of a longer text a message is, as its user data header says (3GPP TS 23.040, section 9.2.3.24). */
export type Concatenation = { readonly reference: number; readonly total: number; readonly number: number };

/** The two elements that say so: with a reference of one octet, and of two. */
const narrow = { id: 0x00, octets: 3 } as const;
const wide = { id: 0x08, octets: 4 } as const;

/** A header that says so and nothing else: as short as its reference allows. */
export function concatenation(reference: number, total: number, number: number): readonly number[] {
	if (reference < 0x100) return [5, narrow.id, narrow.octets, reference, total, number];
	return [6, wide.id, wide.octets, reference >> 8, reference & 0xff, total, number];
}

/** A header's concatenation, and the octets after the header; null where the header is malformed or says anything else. */
export function readConcatenation(octets: Buffer): { readonly is: Concatenation; readonly text: Buffer } | null {
	const [length = 0, id, size, ...others] = octets.subarray(0, 7);
	const element = id === narrow.id ? narrow : id === wide.id ? wide : null;
	if (element === null || size !== element.octets || length !== size + 2 || octets.length <= length) return null;
	const [high = 0, low = 0] = element === wide ? others : [0, ...others];
	const [total = 0, number = 0] = octets.subarray(length - 1, length + 1);
	if (number < 1 || number > total) return null;
	return { is: { reference: high * 0x100 + low, total, number }, text: octets.subarray(length + 1) };
}
