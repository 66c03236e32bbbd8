import type { Operator } from "../message/operators.ts";

/**
 * SMSCs do not always write an id in a receipt as they wrote it in the submit's response: a number in hex here, in decimal there, with
 * leading zeros or without, in another case.
 */

/** The id in a receipt is as in the response; or in hex where that has it in decimal; or in decimal where that has it in hex. */
export const receiptIdRules = ["same", "hex", "decimal"] as const;
export type ReceiptIdRule = (typeof receiptIdRules)[number];

/** How an id was found after all, where it was not the same. */
export type IdFormat = "hex" | "decimal" | "zeros" | "case";

/**
 * What was learnt of operators for which nothing is set. `same` says that numbers were seen in the response's own form although another had
 * been learnt: such an operator has several ways, and its numbers are looked up in other forms late.
 */
export type LearnedIdFormats = Map<Operator, Set<IdFormat | "same">>;

/** A form that a response may have had, for a receipt's id to be looked up by. */
export type IdCandidate = { readonly id: string; readonly by: IdFormat };

/** Where numbers have a fixed width, it is this: eight digits of hex, or the ten of SMPP's appendix B. */
const hexWidth = 8;
const decimalWidth = 10;

const rules = {
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

/** No number: what is longer is looked up as it is. */
const numberDigitsMax = 64;

/**
 * What else the response may have had for a receipt's id, the likeliest first, each form once and never the id itself.
 * @param rule where it is known how they relate, no other is tried.
 */
export function alternativeIds(id: string, rule?: ReceiptIdRule): readonly IdCandidate[] {
	if (rule === "same" || id.length > numberDigitsMax) return [];
	const forms = new Map<string, IdFormat>();
	for (const by of rule === undefined ? formats : [rule]) {
		for (const form of rules[by](id)) if (form !== id && !forms.has(form)) forms.set(form, by);
	}
	return [...forms].map(([form, by]) => ({ id: form, by }));
}

/** Under these a number in the receipt may be the very id of one segment, and another form of another segment's: `39` and `27`. */
export const isAmbiguous = (by: IdFormat) => by === "hex" || by === "decimal";

/**
 * Whether a match shows how its operator writes ids. Two ids of digits alone may be in hex or in decimal, and match by chance; one with
 * letters cannot be read otherwise.
 */
export function provesFormat(receiptId: string, submitId: string, by: IdFormat): boolean {
	return !isAmbiguous(by) || /[a-f]/i.test(by === "hex" ? receiptId : submitId);
}
