import { type ErrorCode, errorText } from "./error-codes.ts";

/** A mistake of the client. It becomes an HTTP answer, an SMPP command_status, or the code of a report. */
export class Refusal extends Error {
	/** Of the dictionary; null if no code fits. */
	readonly code: ErrorCode | null;
	/** The wrong field, as it is spelt on the wire. */
	readonly field: string | null;

	/** @param detail what is wrong and where, for the client; by default the text of the code. */
	constructor(code: ErrorCode | null, { field = null, detail }: { field?: string | null; detail?: string } = {}) {
		super(detail ?? errorText(code) ?? "");
		this.code = code;
		this.field = field;
	}
}
