import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { fieldOf, type KitAnswer } from "./exchange.ts";

/** What differs from what was expected, in a few words; null if nothing does. */
export type Difference = string | null;

const shownMax = 120;

export function shownValue(value: unknown): string {
	const written = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
	return written.length > shownMax ? `${written.slice(0, shownMax)}…` : written;
}

export const statusIs = ({ status }: KitAnswer, ...wanted: readonly number[]): Difference =>
	wanted.includes(status) ? null : `status ${status} instead of ${wanted.join(" or ")}`;

export const equals = (name: string, value: unknown, wanted: unknown): Difference =>
	JSON.stringify(value) === JSON.stringify(wanted)
		? null
		: `${name} is ${shownValue(value)} instead of ${shownValue(wanted)}`;

export const matches = (name: string, value: unknown, pattern: RegExp, wanted: string): Difference =>
	typeof value === "string" && pattern.test(value) ? null : `${name} is ${shownValue(value)} instead of ${wanted}`;

export const isOneOf = (name: string, value: unknown, wanted: readonly unknown[]): Difference =>
	wanted.includes(value)
		? null
		: `${name} is ${shownValue(value)} instead of one of ${wanted.map(shownValue).join(", ")}`;

export const isCount = (name: string, value: unknown): Difference =>
	Number.isSafeInteger(value) && (value as number) >= 0
		? null
		: `${name} is ${shownValue(value)} instead of a whole number`;

export const isTime = (name: string, value: unknown): Difference =>
	matches(name, value, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, "YYYY-MM-DD HH:mm:ss");

export const hasNo = (json: unknown, name: string): Difference =>
	fieldOf(json, name) === undefined ? null : `there is a field ${name}`;

export const hasFields = (json: unknown, names: readonly string[], what = "there is"): Difference =>
	firstOf(...names.map((name) => (fieldOf(json, name) === undefined ? `${what} no field ${name}` : null)));

/** A refusal with a text, as the document has it. */
export const isRefusal = (answer: KitAnswer, ...statuses: readonly number[]): Difference =>
	statusIs(answer, ...statuses) ?? matches("error_message", fieldOf(answer.json, "error_message"), /\S/, "a text");

export const hasCode = ({ json }: KitAnswer, code: string): Difference =>
	equals("error_code", fieldOf(json, "error_code"), code);

export const firstOf = (...differences: readonly Difference[]): Difference =>
	differences.find((one) => one !== null) ?? null;

const skewMaxMs = 10 * 60_000;

/** Whether a time on the wire is Almaty's wall clock, about now. */
export function isNowInAlmaty(name: string, value: unknown, now: number): Difference {
	const written = isTime(name, value);
	if (written !== null) return written;
	const [earliest, latest] = [almatyText(now - skewMaxMs), almatyText(now + skewMaxMs)];
	const text = value as string;
	return text >= earliest && text <= latest ? null : `${name} is ${text}, and it is about ${almatyText(now)} in Almaty`;
}
