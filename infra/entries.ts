import { join } from "node:path";

/** The repository's root. Entries are relative to it, in CDK and in the template's metadata. */
export const root = join(import.meta.dirname, "..");

export type Entries = {
	/** The folder of the handlers, one file for each function. */
	readonly handlers: string;
	readonly smpp: string;
};

export const entries: Entries = { handlers: "lambdas", smpp: "smpp/main.ts" };

/**
 * Metadata of resources, from which the local stack is built: the source file of a function or task, and the role of a table, queue or
 * secret in this code.
 */
export const metadataKeys = { entry: "smsgw:entry", role: "smsgw:role" } as const;
