import type * as z from "zod";
import { maskedUrl } from "./masked-url.ts";

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

export function inOneLine(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { name, message, code } = error as NodeJS.ErrnoException;
	/* If every address of a name refused the connection, the error has no message. */
	const text = (message || code || name).replaceAll(/\s*\n\s*/g, " ");
	if (notFoundErrors.includes(name)) return `not found: check the name of the stage (${name}: ${text})`;
	return error instanceof UsageError || error instanceof CommandError || name === "Error" ? text : `${name}: ${text}`;
}

type Issue = Readonly<Pick<z.core.$ZodIssue, "path" | "message">>;

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
	return `"${maskedUrl(String(written))}" cannot be ${flagOf(key)}: ${message}`;
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
