import { unknownError } from "../message/error-codes.ts";
import type { StatusUpdate } from "../message/message-transitions.ts";
import { isFinal, type MessageStatus } from "../message/statuses.ts";
import { codeOfReason, type SmscErrors } from "./smsc-errors.ts";

/** A delivery receipt as an SMSC sent it, its words untouched. */
export type Receipt = {
	readonly smscId: string;
	/** The handset that it speaks of: a row is this receipt's only if its recipient matches, for SMSCs use ids again. */
	readonly recipient: string;
	/** The state as text, such as `DELIVRD`, in capitals. */
	readonly state: string;
	/** The reason as text, such as `011`; empty where the SMSC gave none. */
	readonly reason: string;
	/** When it reached us. SMSCs' own dates have minutes at best, and zones that nobody wrote down. */
	readonly receivedAt: number;
};

/** The states of a receipt's text (SMPP appendix B) as the contract's statuses (A36); some SMSCs write them in full. */
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

/** The TLV message_state (SMPP section 5.2.28) as the text's states; a number that is none leaves it to the text. */
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

/** What a deliver_sm gives us to read its receipt from. */
export type ReceiptParts = {
	readonly text: string;
	/** TLV receipted_message_id, where it is there. */
	readonly smscId: string | null;
	/** TLV message_state, where it is there: it goes before the text's. */
	readonly state: number | null;
	/** The code in TLV network_error_code, where it is there: it counts where the text has no reason. */
	readonly networkError: number | null;
};

/** A field without a value is followed by the next one's name, which is no value of it. */
const patternOf = (field: string) => new RegExp(`(?:^|\\s)${field}:\\s*(?![a-z]+:)(\\S+)`, "i");
const patterns = { id: patternOf("id"), stat: patternOf("stat"), err: patternOf("err") };

/** Reads a receipt from its TLVs and its text, whatever is missing of either. Null where it names no message. */
export function readReceipt(parts: ReceiptParts): Pick<Receipt, "smscId" | "state" | "reason"> | null {
	/* The text field comes last and is the subscriber's own: what it says of ids is not to be read. */
	const head = parts.text.replace(/(^|\s)text:.*$/is, "");
	const smscId = parts.smscId || patterns.id.exec(head)?.[1];
	if (smscId === undefined) return null;
	const byTlv = parts.state === null ? undefined : stateByNumber[parts.state];
	const state = byTlv ?? patterns.stat.exec(head)?.[1] ?? "UNKNOWN";
	const reason = patterns.err.exec(head)?.[1] ?? (parts.networkError === null ? "" : String(parts.networkError));
	return { smscId, state: state.toUpperCase(), reason };
}

/** The code of an end for which the SMSC gave no reason. Where nothing went wrong there is none. */
function codeWithoutReason(status: MessageStatus): string | null {
	if (status === "ACCEPTED") return null;
	return status === "EXPIRED" ? "22" : unknownError;
}

/**
 * What a receipt says of its segment. Whatever did not arrive has a code: the SMSC's, or the dictionary's unknown error.
 * @param errors how its SMSC numbers what went wrong, where that is not as in the dictionary.
 */
export function statusUpdateOf(receipt: Receipt, errors?: SmscErrors): StatusUpdate {
	const status = statusByState[receipt.state] ?? "INVALID";
	const at = receipt.receivedAt;
	if (status === "DELIVERED" || !isFinal(status)) return { status, errorCode: null, at };
	const errorCode = codeOfReason(receipt.reason, errors) ?? codeWithoutReason(status);
	return { status, errorCode, at, ...(receipt.reason !== "" && { reason: receipt.reason }) };
}
