import type { Operator } from "../message/operators.ts";

/**
 * An SMSC may write an id in receipts in another form than in responses: in hex or decimal, with or without leading
 * zeros, in upper or lower case.
 */

/** An operator's setting: receipts write the id as the response does, or in hex instead of decimal, or the reverse. */
export const receiptIdRules = ["same", "hex", "decimal"] as const;
export type ReceiptIdRule = (typeof receiptIdRules)[number];

/** How a receipt writes an id that the response writes in another way. */
export type IdFormat = "hex" | "decimal" | "zeros" | "case";

/**
 * The formats seen for each operator without a setting. `same` with another format: the operator uses several forms, so
 * its hex and decimal forms are tried in late checks only.
 */
export type LearnedIdFormats = Map<Operator, Set<IdFormat | "same">>;

/** A possible id in the response for the id of a receipt. */
export type IdCandidate = { readonly id: string; readonly format: IdFormat };

/** The usual fixed widths: eight hex digits, or the ten decimal digits of SMPP's appendix B. */
const hexWidth = 8;
const decimalWidth = 10;

/** By the format of the receipt: the forms of this id that the response may have. */
const responseForms = {
	hex: (id) => (/^[\da-f]+$/i.test(id) ? [BigInt(`0x${id}`).toString()] : []),
	decimal(id) {
		if (!/^\d+$/.test(id)) return [];
		const hex = BigInt(id).toString(16);
		return [hex, hex.padStart(hexWidth, "0")].flatMap((one) => [one, one.toUpperCase()]);
	},
	zeros: (id) => [id.replace(/^0+(?=.)/, ""), /^\d+$/.test(id) ? id.padStart(decimalWidth, "0") : id],
	case: (id) => [id.toLowerCase(), id.toUpperCase()],
} as const satisfies Record<IdFormat, (id: string) => readonly string[]>;

const formats = ["zeros", "case", "hex", "decimal"] as const satisfies readonly IdFormat[];

/** A longer id is not a number, and is looked up as it is. */
const numberDigitsMax = 64;

/**
 * The other forms that the id may have in the response, the likeliest first, without the id itself.
 * @param rule the operator's setting; then only its forms are given.
 */
export function alternativeIds(id: string, rule?: ReceiptIdRule): readonly IdCandidate[] {
	if (rule === "same" || id.length > numberDigitsMax) return [];
	const forms = new Map<string, IdFormat>();
	for (const format of rule === undefined ? formats : [rule]) {
		for (const form of responseForms[format](id)) if (form !== id && !forms.has(form)) forms.set(form, format);
	}
	return [...forms].map(([form, format]) => ({ id: form, format }));
}

/** In these formats an id fits two segments: `27` is a segment's own id, and also the hex form of the id `39`. */
export const isAmbiguous = (format: IdFormat) => format === "hex" || format === "decimal";

/** Whether a match proves the operator's format. Ids of digits may match by chance; ids with hex letters cannot. */
export function provesFormat(receiptId: string, submitId: string, format: IdFormat): boolean {
	return !isAmbiguous(format) || /[a-f]/i.test(format === "hex" ? receiptId : submitId);
}
