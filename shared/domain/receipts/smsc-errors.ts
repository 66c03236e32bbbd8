import { type ErrorCode, errorCodeFrom } from "../message/error-codes.ts";
import type { Operator } from "../message/operators.ts";

/** The error numbers of an operator's SMSC that differ from the dictionary: a setting. */
export type SmscErrors = {
	/** Of the numbers in `err:` of receipts. */
	readonly radix: 10 | 16;
	/** The codes of `err:` texts, without leading zeros and in lower case, that are not the code of the same number. */
	readonly err: Readonly<Record<string, ErrorCode>>;
	/** The codes of command_status values of refused submits, in decimal. */
	readonly status: Readonly<Record<string, ErrorCode>>;
};

export type SmscErrorsByOperator = { readonly [Name in Operator]?: SmscErrors | undefined };

/** Most SMSCs use the numbers of the dictionary, in decimal. */
export const defaultSmscErrors: SmscErrors = { radix: 10, err: {}, status: {} };

export function plainReason(reason: string): string {
	return reason.toLowerCase().replace(/^0+(?=.)/, "");
}

export function codeOfReason(reason: string, { radix, err }: SmscErrors = defaultSmscErrors): ErrorCode | null {
	const plain = plainReason(reason);
	const own = Object.hasOwn(err, plain) ? err[plain] : undefined;
	if (own !== undefined) return own;
	const number = numberIn(plain, radix);
	return number > 0 ? errorCodeFrom(number) : null;
}

export function codeOfStatus(commandStatus: number, { status }: SmscErrors = defaultSmscErrors): ErrorCode {
	return status[String(commandStatus)] ?? errorCodeFrom(commandStatus);
}

function numberIn(digits: string, radix: 10 | 16): number {
	const isWhole = radix === 10 ? /^\d+$/.test(digits) : /^[\da-f]+$/.test(digits);
	return isWhole ? Number.parseInt(digits, radix) : Number.NaN;
}
