import type * as z from "zod";
import { maskedWord } from "./masked-url.ts";

/** The command line is wrong. Nothing was done. */
export class UsageError extends Error {}

/** The command could not be carried out. */
export class CommandError extends Error {
	readonly exitCode: number;

	constructor(message: string, { exitCode = 1, cause }: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
		super(message, { cause });
		this.exitCode = exitCode;
	}
}

/** AWS answers so for a stage that does not exist, and to a caller without access to it. */
const notFoundErrors: readonly string[] = ["ResourceNotFoundException", "QueueDoesNotExist"];

/** A value of the caller may have line breaks, or escape sequences for the terminal. */
export function oneLine(text: string): string {
	return text.trim().replaceAll(/\s*[\p{Cc}\u2028\u2029]+\s*/gu, " ");
}

/** What to do about errors of the SDK. */
const advice: readonly (readonly [name: string, text: RegExp, advice: string])[] = [
	["Error", /^Region is missing$/, "no region: keep the stage's file in stages/ of this clone, or set AWS_REGION"],
	[
		"CredentialsProviderError",
		/./,
		"no credentials for AWS: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
	],
	["UnrecognizedClientException", /./, "AWS refuses these credentials: check AWS_PROFILE"],
	["ExpiredTokenException", /./, "the credentials for AWS have expired: log in again"],
	[
		"AccessDeniedException",
		/./,
		"these credentials may not do this: see docs/deploy.md, permissions of the command line",
	],
];

export function inOneLine(error: unknown): string {
	if (!(error instanceof Error)) return oneLine(String(error));
	/* `fetch` hides why it failed in the cause. */
	if (error.message === "fetch failed" && error.cause instanceof Error) return inOneLine(error.cause);
	const { name, message, code } = error as NodeJS.ErrnoException;
	/* If every address of a name refused the connection, the error has no message. */
	const text = oneLine(message || code || name);
	if (notFoundErrors.includes(name)) return `not found: check the name of the stage (${name}: ${text})`;
	const known = advice.find(([of, pattern]) => of === name && pattern.test(text));
	if (known !== undefined) return name === "Error" ? known[2] : `${known[2]} (${name}: ${text})`;
	return error instanceof UsageError || error instanceof CommandError || name === "Error" ? text : `${name}: ${text}`;
}

type Issue = Readonly<Pick<z.core.$ZodIssue, "path" | "message">>;

const shownMax = 80;

/** A wrong value as an error shows it: short, and without a password. */
export function shown(value: string): string {
	const masked = maskedWord(value);
	return masked.length > shownMax ? `${masked.slice(0, shownMax)}…` : masked;
}

/** An error text in which words of the command line may occur. */
export function withShownWords(text: string, words: readonly string[]): string {
	return words.reduce((changed, word) => (word === "" ? changed : changed.replaceAll(word, () => shown(word))), text);
}

/** `"x" cannot be --tps: a whole number`. A rule over several options has no path, and its message is the whole text. */
export function problemText(
	{ path, message }: Issue,
	given: Readonly<Record<string, unknown>>,
	flagOf: (key: PropertyKey) => string,
): string {
	const [key, index] = path;
	if (key === undefined) return message;
	const value = given[String(key)];
	if (value === undefined) return `${flagOf(key)} is missing`;
	const written = Array.isArray(value) && typeof index === "number" ? value[index] : value;
	return `"${shown(String(written))}" cannot be ${flagOf(key)}: ${message}`;
}

/** The allowed values, where a schema has no message of its own. */
export function allowedText(issue: z.core.$ZodRawIssue): string | undefined {
	if (issue.code === "invalid_format" && issue.format === "url") return "an http or https URL";
	if (issue.code === "invalid_value") return `one of ${issue.values.join(", ")}`;
	const unit = issue.code === "too_big" || issue.code === "too_small" ? unitOf(issue.origin) : "";
	if (issue.code === "too_big") return `at most ${issue.maximum}${unit}`;
	if (issue.code === "too_small") return `at least ${issue.minimum}${unit}`;
	return undefined;
}

const unitOf = (origin: string) => (origin === "string" ? " characters" : "");
