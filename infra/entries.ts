import { join } from "node:path";

/** The repository's root: every entry is named from here, in CDK and in the template's metadata alike. */
export const root = join(import.meta.dirname, "..");

/** Which source files the deployed code begins in. */
export type Entries = {
	/** The folder of the handlers: one file, one function. */
	readonly handlers: string;
	/** The SMPP service's file. */
	readonly smpp: string;
};

export const entries: Entries = { handlers: "lambdas", smpp: "smpp/main.ts" };

/**
 * What a template cannot say for itself, as metadata of its resources: the source file that a function or a task runs, and
 * what a table, a queue or a secret is called in this code. The local stack is built from these.
 */
export const metadataKeys = { entry: "smsgw:entry", role: "smsgw:role" } as const;
