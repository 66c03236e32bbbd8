import { unknownError } from "../message/error-codes.ts";
import type { StatusUpdate } from "../message/message-transitions.ts";
import { isFinal, type MessageStatus } from "../message/statuses.ts";
import { codeOfReason, type SmscErrors } from "./smsc-errors.ts";

export type Receipt = {
	/** The id of the segment at the SMSC, as the receipt writes it: the response may write it in another form. */
	readonly smscId: string;
	/** Must match the recipient of the submission, because SMSCs reuse ids. */
	readonly recipient: string;
	/** In upper case, such as `DELIVRD`. */
	readonly state: string;
	/** The value of `err:`, such as `011`; empty if the SMSC gave none. */
	readonly reason: string;
	/** By the clock of the task that received it. */
	readonly receivedAt: number;
};

/** The contract's status of each state (SMPP appendix B, A36). Some SMSCs write the states in full. */
const statusByState: Readonly<Record<string, MessageStatus>> = {
	ENROUTE: "EN_ROUTE",
	DELIVRD: "DELIVERED",
	EXPIRED: "EXPIRED",
	DELETED: "DELETED",
	UNDELIV: "UNDELIVERABLE",
	ACCEPTD: "ACCEPTED",
	UNKNOWN: "INVALID",
	REJECTD: "REJECTED",
	DELIVERED: "DELIVERED",
	UNDELIVERABLE: "UNDELIVERABLE",
	ACCEPTED: "ACCEPTED",
	REJECTED: "REJECTED",
};

/** The state of each value of the TLV message_state (SMPP section 5.2.28). For any other value the text counts. */
const stateByNumber = [
	undefined,
	"ENROUTE",
	"DELIVRD",
	"EXPIRED",
	"DELETED",
	"UNDELIV",
	"ACCEPTD",
	"UNKNOWN",
	"REJECTD",
] as const;

export type ReceiptParts = {
	readonly text: string;
	readonly smscId: string | null;
	/** TLV message_state. It counts before the state in the text. */
	readonly state: number | null;
	/** The code in TLV network_error_code. It counts if the text has no reason. */
	readonly networkError: number | null;
};

/** Does not match the name of the next field as the value of an empty one. */
const patternOf = (field: string) => new RegExp(`(?:^|\\s)${field}:\\s*(?![a-z]+:)(\\S+)`, "i");
const patterns = { id: patternOf("id"), stat: patternOf("stat"), err: patternOf("err") };

/** Reads a receipt from its TLVs and its text; either may be incomplete. Null if it has no message id. */
export function readReceipt(parts: ReceiptParts): Pick<Receipt, "smscId" | "state" | "reason"> | null {
	/* The field `text` comes last and quotes the message, which may look like other fields. */
	const head = parts.text.replace(/(^|\s)text:.*$/is, "");
	const smscId = parts.smscId || patterns.id.exec(head)?.[1];
	if (smscId === undefined) return null;
	const byTlv = parts.state === null ? undefined : stateByNumber[parts.state];
	const state = byTlv ?? patterns.stat.exec(head)?.[1] ?? "UNKNOWN";
	const reason = patterns.err.exec(head)?.[1] ?? (parts.networkError === null ? "" : String(parts.networkError));
	return { smscId, state: state.toUpperCase(), reason };
}

function codeWithoutReason(status: MessageStatus): string | null {
	if (status === "ACCEPTED") return null;
	return status === "EXPIRED" ? "22" : unknownError;
}

/**
 * The status that a receipt gives its segment. If it was not delivered, the error code is that of the reason, or the
 * unknown error.
 * @param errors the error numbers of its SMSC, if they differ from the dictionary.
 */
export function statusUpdateOf(receipt: Receipt, errors?: SmscErrors): StatusUpdate {
	const status = statusByState[receipt.state] ?? "INVALID";
	const at = receipt.receivedAt;
	if (status === "DELIVERED" || !isFinal(status)) return { status, errorCode: null, at };
	const errorCode = codeOfReason(receipt.reason, errors) ?? codeWithoutReason(status);
	return { status, errorCode, at, ...(receipt.reason !== "" && { reason: receipt.reason }) };
}
