import type { ZodError } from "zod";

/** What is wrong with how the command line was called: nothing was done. */
export class UsageError extends Error {}

/** Why a command could not do what it was told. */
export class CommandError extends Error {
	readonly exitCode: number;

	constructor(message: string, { exitCode = 1, cause }: { readonly exitCode?: number; readonly cause?: unknown } = {}) {
		super(message, { cause });
		this.exitCode = exitCode;
	}
}

/** What a stage lacks that is not there, or that nobody may see who asks. */
const notFoundErrors: readonly string[] = ["ResourceNotFoundException", "QueueDoesNotExist"];

/** An error in one line, without a stack: for people. */
export function inOneLine(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { name, message, code } = error as NodeJS.ErrnoException;
	/* Where every address of a name refused, the error has no message. */
	const text = (message || code || name).replaceAll(/\s*\n\s*/g, " ");
	if (notFoundErrors.includes(name)) return `not found, is the stage's name right? ${name}: ${text}`;
	return error instanceof UsageError || error instanceof CommandError || name === "Error" ? text : `${name}: ${text}`;
}

/** What is wrong with values that a schema refused, each under the name that `nameOf` gives it. */
export function problemText({ issues }: ZodError, nameOf: (path: readonly PropertyKey[]) => string): string {
	return issues.map(({ path, message }) => `${nameOf(path)} ${message}`).join("; ");
}
