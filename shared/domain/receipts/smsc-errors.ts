import { type ErrorCode, errorCodeFrom } from "../message/error-codes.ts";
import type { Operator } from "../message/operators.ts";

/**
 * How one operator's SMSC numbers what went wrong, where that is not as in the dictionary. What it is for an operator stands in its
 * contract with us, so it is a setting, beside the SMSC's address.
 */
export type SmscErrors = {
	/** Of the numbers in the `err:` of its receipts. */
	readonly radix: 10 | 16;
	/** What its `err:` texts mean, leading zeros and capitals aside, where it is not the code of the same number. */
	readonly err: Readonly<Record<string, ErrorCode>>;
	/** The same for the command_status of a refused submit, in decimal. */
	readonly status: Readonly<Record<string, ErrorCode>>;
};

export type SmscErrorsByOperator = { readonly [Name in Operator]?: SmscErrors | undefined };

/** Most SMSCs write the dictionary's own numbers, in decimal: for it is made of SMPP's statuses and of the network's usual reasons. */
export const defaultSmscErrors: SmscErrors = { radix: 10, err: {}, status: {} };

/** `011`, `11` and, where letters are digits, `0B` and `0b` are one. */
export function plainReason(reason: string): string {
	return reason.toLowerCase().replace(/^0+(?=.)/, "");
}

/** The code of a receipt's `err:`; null where that is no number, or zero, which says that there is no error. */
export function codeOfReason(reason: string, { radix, err }: SmscErrors = defaultSmscErrors): ErrorCode | null {
	const plain = plainReason(reason);
	const own = Object.hasOwn(err, plain) ? err[plain] : undefined;
	if (own !== undefined) return own;
	const number = numberIn(plain, radix);
	return number > 0 ? errorCodeFrom(number) : null;
}

/** The code of a refused submit's command_status. */
export function codeOfStatus(commandStatus: number, { status }: SmscErrors = defaultSmscErrors): ErrorCode {
	return status[String(commandStatus)] ?? errorCodeFrom(commandStatus);
}

/** Not a number where a character is no digit of it. */
function numberIn(digits: string, radix: 10 | 16): number {
	const isWhole = radix === 10 ? /^\d+$/.test(digits) : /^[\da-f]+$/.test(digits);
	return isWhole ? Number.parseInt(digits, radix) : Number.NaN;
}
