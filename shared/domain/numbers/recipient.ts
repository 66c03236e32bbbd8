import type { Operator } from "../message/operators.ts";

/** Punctuation of phone numbers in all its forms: Unicode's format characters, spaces and dashes; fullwidth signs. */
const punctuation = /[\p{Cf}\s\u0085\p{Pd}+()\u2212\uff0b\uff08\uff09]/gu;

const plus = /[+\uff0b]/;
const minus = /^[^\d\p{Pd}\u2212]*[\p{Pd}\u2212]/u;

/**
 * Normalises a recipient to eleven digits beginning with 7; null if it is no mobile number of Kazakhstan. Accepts `8`
 * for the country code, a national number of ten digits, and the usual punctuation (A1). A number with a plus is not
 * national: of ten digits, it lacks one.
 */
export function normalRecipient(written: string): string | null {
	if (minus.test(written)) return null;
	const digits = written.replace(punctuation, "");
	const isNational = /^7\d{9}$/.test(digits) && !plus.test(written);
	const whole = isNational ? `7${digits}` : digits.replace(/^8/, "7");
	return /^7[67]\d{9}$/.test(whole) ? whole : null;
}

/** The operator that got each number range originally, by the three digits after the country code. */
const prefixes: Readonly<Record<string, Operator>> = {
	700: "altel",
	701: "kcell",
	702: "kcell",
	705: "beeline",
	706: "beeline",
	707: "tele2",
	708: "altel",
	747: "tele2",
	/** For the contract's example, 7701000000, which has ten digits and so gets its country code (A1). */
	770: "kcell",
	771: "beeline",
	775: "kcell",
	776: "beeline",
	777: "beeline",
	778: "kcell",
};

export function operatorByPrefix(recipient: string): Operator | null {
	return prefixes[recipient.slice(1, 4)] ?? null;
}
