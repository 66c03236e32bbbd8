import { type ErrorCode, errorText } from "./error-codes.ts";

/**
 * What a client asked for and cannot have, and why: the client's mistake, never ours. One file turns it into an HTTP answer, another
 * into an SMPP command_status, and a report carries its code.
 */
export class Refusal extends Error {
	/** Of the dictionary, or null where it has none that fits. */
	readonly code: ErrorCode | null;
	/** The field at fault, as it is spelt on the wire. */
	readonly field: string | null;

	/** @param detail what is wrong and where, for the client to read; the dictionary's text where it says all. */
	constructor(code: ErrorCode | null, { field = null, detail }: { field?: string | null; detail?: string } = {}) {
		super(detail ?? errorText(code) ?? "");
		this.code = code;
		this.field = field;
	}
}
