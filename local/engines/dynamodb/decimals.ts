import { invalid } from "./errors.ts";

/**
 * DynamoDB's numbers: decimals of up to 38 digits, as texts. The engine stores a number in one form only, so that equal numbers
 * are equal texts.
 */

const digitsMax = 38;
const largestPower = 125;
const smallestPower = -130;

/** `coefficient` × 10 ^ `exponent`. The coefficient does not end in a zero, unless it is zero. */
type Decimal = { readonly coefficient: bigint; readonly exponent: number };

const short = /^(?:0|-?[1-9]\d{0,14})$/;
const form = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

/** @throws ValidationException */
export function canonical(text: string): string {
	return short.test(text) ? text : textOf(decimalOf(text));
}

/** The order of two numbers in their stored form. */
export function compareDecimals(one: string, other: string): number {
	if (one === other) return 0;
	if (short.test(one) && short.test(other)) return Number(one) - Number(other);
	const difference = sum(decimalOf(one), decimalOf(other), -1n).coefficient;
	return difference < 0n ? -1 : +(difference > 0n);
}

/** @param sign 1 to add, -1 to subtract. @throws ValidationException if the result has too many digits. */
export function addDecimals(one: string, other: string, sign: 1 | -1): string {
	if (short.test(one) && short.test(other)) return String(Number(one) + sign * Number(other));
	return textOf(sum(decimalOf(one), decimalOf(other), BigInt(sign)));
}

/** A text whose order by its units is the order of the numbers. */
export function sortableDecimal(text: string): string {
	const { coefficient, exponent } = decimalOf(text);
	if (coefficient === 0n) return "1";
	const digits = String(coefficient < 0n ? -coefficient : coefficient);
	const power = String(digits.length + exponent + 500);
	return coefficient > 0n ? `2${power}${digits}` : `0${complement(power)}${complement(digits)}~`;
}

const complement = (digits: string) => digits.replaceAll(/\d/g, (digit) => String(9 - Number(digit)));

function decimalOf(text: string): Decimal {
	const [found, sign = "", whole = "", part = "", power = "0"] = form.exec(text) ?? [];
	if (found === undefined) return invalid(`The parameter cannot be converted to a numeric value: ${text}`);
	const digits = `${whole}${part}`.replace(/^0+/, "");
	const kept = digits.replace(/0+$/, "");
	if (kept === "") return { coefficient: 0n, exponent: 0 };
	const exponent = Number(power) - part.length + digits.length - kept.length;
	return checked({ coefficient: BigInt(`${sign === "-" ? "-" : ""}${kept}`), exponent }, kept.length);
}

function checked(decimal: Decimal, digits: number): Decimal {
	const power = decimal.exponent + digits - 1;
	if (digits > digitsMax) invalid("Attempting to store more than 38 significant digits in a Number");
	if (power > largestPower) {
		invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
	}
	if (power < smallestPower) {
		invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
	}
	return decimal;
}

function sum(one: Decimal, other: Decimal, sign: bigint): Decimal {
	const exponent = Math.min(one.exponent, other.exponent);
	const scaled = (decimal: Decimal) => decimal.coefficient * 10n ** BigInt(decimal.exponent - exponent);
	return { coefficient: scaled(one) + sign * scaled(other), exponent };
}

function textOf({ coefficient, exponent }: Decimal): string {
	const sign = coefficient < 0n ? "-" : "";
	const all = String(coefficient < 0n ? -coefficient : coefficient);
	const digits = all.replace(/0+$/, "");
	if (digits === "") return "0";
	const power = exponent + all.length - digits.length;
	checked({ coefficient, exponent: power }, digits.length);
	if (power >= 0) return `${sign}${digits}${"0".repeat(power)}`;
	const padded = digits.padStart(1 - power, "0");
	return `${sign}${padded.slice(0, power)}.${padded.slice(power)}`;
}
