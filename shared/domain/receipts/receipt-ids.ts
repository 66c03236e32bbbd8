/**
 * An SMSC may write an id in receipts in another form than in responses: in hex or decimal, with or without leading
 * zeros, in upper or lower case.
 */

/** An operator's setting: receipts write the id as the response does, or in hex instead of decimal, or the reverse. */
export const receiptIdRules = ["same", "hex", "decimal"] as const;
export type ReceiptIdRule = (typeof receiptIdRules)[number];

/** How a receipt writes an id that the response writes in another way. */
export type IdFormat = "hex" | "decimal" | "zeros" | "case" | "hyphens";

/** A possible id in the response for the id of a receipt. */
export type IdCandidate = {
	readonly id: string;
	readonly format: IdFormat;
	/** The format in full, such as `decimal 8 upper`: an operator always uses the same. */
	readonly form: string;
};

/** Usual fixed widths of a response's id: 8 and 16 hex digits, and the ten decimal digits of SMPP's appendix B. */
const hexWidths = [8, 16] as const;
const decimalWidths = [10] as const;
/** By the format of the receipt. */
const usualWidths = { hex: decimalWidths, decimal: hexWidths, zeros: [...hexWidths, ...decimalWidths] };
/** Up to the digits of 64 bits. */
const allWidths = Array.from({ length: 20 }, (_, index) => index + 1);

/** Whether a form has zeros up to a width that is not a usual one. */
export function isUnusualForm(form: string): boolean {
	const [, format, width] = /(hex|decimal|zeros) (\d+)(?: |$)/.exec(form) ?? [];
	const usual: readonly number[] = usualWidths[format as keyof typeof usualWidths] ?? [];
	return width !== undefined && !usual.includes(Number(width));
}

type Form = readonly [form: string, id: string];

function zeroForms(id: string, widths: readonly number[]): readonly Form[] {
	const bare = id.replace(/^0+(?=.)/, "");
	const isHex = /^[\da-f]+$/i.test(id);
	return [["bare", bare], ...(isHex ? widths : []).map((width): Form => [String(width), bare.padStart(width, "0")])];
}

const caseForms = (id: string): readonly Form[] => [
	["lower", id.toLowerCase()],
	["upper", id.toUpperCase()],
];

function hyphenForms(id: string): readonly Form[] {
	const uuid = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/i.exec(id);
	return [uuid === null ? ["none", id.replaceAll("-", "")] : ["uuid", uuid.slice(1).join("-")]];
}

const inEachCase = (forms: readonly Form[]): readonly Form[] =>
	forms.flatMap(([form, id]) => [
		[form, id] as Form,
		...caseForms(id).map(([one, own]): Form => [`${form} ${one}`, own]),
	]);

/** By the format of the receipt: the forms of this id that the response may have, with zeros up to more widths too. */
const responseForms = {
	hex: (id, more) =>
		/^[\da-f]+$/i.test(id) ? zeroForms(BigInt(`0x${id}`).toString(), [...usualWidths.hex, ...more]) : [],
	decimal: (id, more) =>
		/^\d+$/.test(id) ? inEachCase(zeroForms(BigInt(id).toString(16), [...usualWidths.decimal, ...more])) : [],
	zeros: (id, more) => inEachCase(zeroForms(id, [...usualWidths.zeros, ...more])),
	case: caseForms,
	hyphens: (id) => inEachCase(hyphenForms(id)),
} as const satisfies Record<IdFormat, (id: string, more: readonly number[]) => readonly Form[]>;

const formats = ["case", "zeros", "hyphens", "hex", "decimal"] as const satisfies readonly IdFormat[];

/** A longer id is not a number, and is looked up as it is. */
const numberDigitsMax = 64;

/**
 * The other forms that the id may have in the response, the likeliest first, without the id itself.
 * @param rule the operator's setting; then only its forms are given.
 * @param hasUnusual whether to give those with zeros up to unusual widths too.
 */
export function alternativeIds(id: string, rule?: ReceiptIdRule, hasUnusual = false): readonly IdCandidate[] {
	if (rule === "same" || id.length > numberDigitsMax) return [];
	const more = hasUnusual ? allWidths : [];
	const forms = new Map<string, IdCandidate>();
	for (const format of rule === undefined ? formats : [rule]) {
		for (const [form, own] of responseForms[format](id, more)) {
			if (own !== id && !forms.has(own)) forms.set(own, { id: own, format, form: `${format} ${form}` });
		}
	}
	return [...forms.values()];
}

/** In these formats an id fits two segments: `27` is a segment's own id, and also the hex form of the id `39`. */
export const isAmbiguous = (format: IdFormat | null) => format === "hex" || format === "decimal";

/** Whether a match proves the operator's format. Ids of digits may match by chance; ids with hex letters cannot. */
export function provesFormat(receiptId: string, submitId: string, format: IdFormat): boolean {
	return !isAmbiguous(format) || /[a-f]/i.test(format === "hex" ? receiptId : submitId);
}

/** Of letters in both cases, not all ways to write them can be tried. */
export const isHexInBothCases = (id: string) => /^(?=.*[a-f])(?=.*[A-F])[\da-fA-F]+$/.test(id);
