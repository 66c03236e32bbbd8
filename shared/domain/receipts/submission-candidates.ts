import type { Receipt } from "./receipt.ts";
import { alternativeIds, type IdFormat, isAmbiguous, isUnusualForm, type ReceiptIdRule } from "./receipt-ids.ts";

/** An id and a recipient under which the submission of a receipt may be recorded. */
export type Candidate = {
	readonly id: string;
	/** The id in the receipt that this one is a form of. */
	readonly receiptId: string;
	readonly recipient: string;
	/** Null if it is the id as the receipt writes it. */
	readonly format: IdFormat | null;
	/** Which fields of the receipt it is made of, and how: `same`, `unswapped same`, `text decimal 8 upper`. */
	readonly form: string;
};

export const sameForm = "same";
/** Receipts do not name the recipient: submissions are recorded by their id alone too. */
export const noRecipientForm = "no recipient";

/** A submission that is recorded by its id alone. */
export const isIdAlone = ({ recipient }: Candidate) => recipient === "";
export const isExact = ({ form }: Candidate) => form === sameForm;
export const isOtherBase = ({ format }: Candidate) => isAmbiguous(format);

type Known = {
	/** The operator's setting. */
	readonly rule: ReceiptIdRule | undefined;
	/** The forms that its receipts were seen to have. */
	readonly learned: ReadonlySet<string>;
};

/**
 * What to look up for a receipt at once, and what only when the submission is recorded for certain. By its id alone, an id
 * is looked up as written or in a known form: any other may be that of another client's message.
 */
export function candidateSteps(
	receipt: Receipt,
	{ rule, learned }: Known,
	isLate: boolean,
): { readonly first: readonly Candidate[]; readonly late: readonly Candidate[] } {
	const isTlvAsWritten = isProvenByText(receipt, { rule, learned });
	const hasUnusual = isLate || [...learned].some(isUnusualForm);
	const all = candidatesOf(receipt, rule, hasUnusual).filter((one) => !isTlvAsWritten || !isOtherBase(one));
	const ofRule = all.filter((one) => isSet(one, rule));
	const isSeen = ({ form }: Candidate) => learned.has(form);
	const isRuled = (one: Candidate) => isSet(one, rule) && (isSeen(one) || !ofRule.some(isSeen));
	const isBaseSure = rule === undefined && !learned.has(sameForm);
	const isKnown = (one: Candidate) => isRuled(one) || (isSeen(one) && (!isOtherBase(one) || isBaseSure));
	const known = all.filter((one) => !isExact(one) && isKnown(one));
	/* An operator that writes ids in another base always does: the id as written would be that of another segment. */
	const first = known.some(isOtherBase) ? known : [...all.filter(isExact), ...known];
	const isOther = (one: Candidate) => !first.includes(one) && (!isIdAlone(one) || one.format === null);
	return { first, late: isLate ? all.filter(isOther) : [] };
}

/**
 * Whether the operator's base makes the id in the TLV of that in the text. Then the TLV has the id as the response wrote it,
 * and no id in another base is right.
 */
function isProvenByText({ smscId, textId }: Receipt, { rule, learned }: Known): boolean {
	if (textId === undefined || (rule === undefined && learned.size === 0)) return false;
	const isOfOperator = (format: IdFormat) => format === rule || [...learned].some((form) => form.startsWith(format));
	return alternativeIds(textId, rule, true).some(
		({ id, format }) => id === smscId && isAmbiguous(format) && isOfOperator(format),
	);
}

/** Whether the setting of the operator gives the form of the id, with the id and the recipient from their usual fields. */
export const isSet = ({ form, format }: Candidate, rule: ReceiptIdRule | undefined) =>
	rule !== undefined && format === rule && form.startsWith(rule);

function candidatesOf(receipt: Receipt, rule: ReceiptIdRule | undefined, hasUnusual: boolean): readonly Candidate[] {
	const { recipient, unswapped, mask, smscId, textId } = receipt;
	const ids = [["", smscId] as const, ...(textId === undefined ? [] : [["text ", textId] as const])];
	const asWritten = (address: string, own: string): readonly Candidate[] =>
		ids.map(([field, id]) => {
			return { id, receiptId: id, recipient: own, format: null, form: `${address}${field}${sameForm}` };
		});
	const inOtherForms = (address: string, own: string): readonly Candidate[] =>
		ids.flatMap(([field, receiptId]) =>
			alternativeIds(receiptId, rule, hasUnusual).map(({ form, ...id }): Candidate => {
				return { ...id, receiptId, recipient: own, form: `${address}${field}${form}` };
			}),
		);
	const candidates = [
		...asWritten("", recipient),
		...inOtherForms("", recipient),
		...(unswapped === undefined ? [] : asWritten("unswapped ", unswapped)),
		...(unswapped === undefined ? [] : inOtherForms("unswapped ", unswapped)),
		...(mask === undefined ? [] : asWritten("id alone ", "")),
	];
	return [...new Map(candidates.toReversed().map((one) => [`${one.recipient} ${one.id}`, one])).values()].toReversed();
}
