import { filledText, type Values } from "./views/filled-text.ts";
import { en, type FormsKey, type WordKey, type Words } from "./words/en.ts";

/** A language is loaded when it is chosen. */
const loaders = {
	en: async (): Promise<Words> => en,
	ru: async (): Promise<Words> => (await import("./words/ru.ts")).ru,
	kk: async (): Promise<Words> => (await import("./words/kk.ts")).kk,
} as const;

export type Language = keyof typeof loaders;
export const languages = Object.keys(loaders) as readonly Language[];

const storageKey = "smsgw-language";
/** Where the gateway is. */
const timeZone = "Asia/Almaty";
let words: Words = en;
let language: Language = "en";

export const currentLanguage = () => language;

export async function useLanguage(next: Language): Promise<void> {
	words = await loaders[next]();
	language = next;
	localStorage.setItem(storageKey, next);
	document.documentElement.lang = next;
}

export function preferredLanguage(): Language {
	const wanted = [localStorage.getItem(storageKey), ...navigator.languages.map((one) => one.slice(0, 2))];
	return languages.find((one) => one === wanted.find((given) => languages.some((known) => known === given))) ?? "en";
}

const filled = (text: string, values: Values) => filledText(text, values, number);

export const say = (key: WordKey, values: Values = {}) => filled(words[key], values);

/** A text in the form of this number. */
export function sayMany(key: FormsKey, n: number): string {
	const forms = words[key];
	return filled(forms[new Intl.PluralRules(language).select(n)] ?? forms.other, { n });
}

export const number = (value: number) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value);

export const clockTime = (at: number) =>
	new Intl.DateTimeFormat(language, {
		timeZone,
		hour: "2-digit",
		minute: "2-digit",
		second: "2-digit",
		hourCycle: "h23",
	}).format(at);

export const dateTime = (at: number) =>
	new Intl.DateTimeFormat(language, { timeZone, dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" }).format(
		at,
	);

/** `3 min`, `2 h`: the largest unit that fits. */
export function duration(seconds: number): string {
	const units = [
		["day", 86_400],
		["hour", 3_600],
		["minute", 60],
		["second", 1],
	] as const;
	const [unit, size] = units.find(([, least]) => seconds >= least) ?? ["second", 1];
	return new Intl.NumberFormat(language, {
		style: "unit",
		unit,
		unitDisplay: "short",
		maximumFractionDigits: 0,
	}).format(Math.max(0, Math.round(seconds / size)));
}
