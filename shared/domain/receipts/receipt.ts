import { unknownError } from "../message/error-codes.ts";
import type { StatusUpdate } from "../message/message-transitions.ts";
import { isFinal, type MessageStatus } from "../message/statuses.ts";
import { plainState, stateOfNumber, statusOfState, strongestState, usualState } from "./receipt-states.ts";
import { codeOfReason, plainReason, type SmscErrors } from "./smsc-errors.ts";

export type Receipt = {
	/** The id of the segment at the SMSC, as the receipt writes it: the response may write it in another form. */
	readonly smscId: string;
	/** Must match the recipient of the submission, because SMSCs reuse ids. */
	readonly recipient: string;
	/** In upper case, such as `DELIVRD`; empty if the SMSC gave none. */
	readonly state: string;
	/** The value of `err:`, such as `011`; empty if the SMSC gave none. */
	readonly reason: string;
	/** By the clock of the task that received it. */
	readonly receivedAt: number;
	/** Another id that it may be for: that in the text, if it differs from that in the TLV. */
	readonly textId?: string;
	/** The recipient, if the SMSC has not swapped the addresses of the submit. */
	readonly unswapped?: string;
	/** The recipient is not sure, because an address is left out or masked: that address as it was written. */
	readonly mask?: string;
	/** How many segments it is for, if it says more than one. */
	readonly segments?: number;
};

export type ReceiptParts = {
	readonly text: string;
	readonly smscId: string | null;
	/** TLV message_state. Of two ends, it counts before the state in the text. */
	readonly state: number | null;
	/** The code in TLV network_error_code. It counts if the text has no reason, or zero. */
	readonly networkError: number | null;
	/** The esm_class says that it is not the last receipt. */
	readonly isIntermediate?: boolean;
};

const word = "[^\\s,;|]+";
/** Up to four words: none of them is the name of the next field. */
const words = `${word}(?:[ \\t]+(?!(?:(?:submit|done|err(?:or)?|network|message|msg)[ _-])?[\\w-]+["']?\\s*[:=])[^\\s,;|:=]+){0,3}`;

/** A field's value, also quoted. Does not match the name of the next field as the value of an empty one. */
const patternOf = (names: string, value = word, next = "[a-z]+") =>
	new RegExp(
		`(?<![a-z\\d_-])(?:${names})["']?\\s*[:=]\\s*(?!(?:${next})[:=]|\\w+[ _]date:)(?:"([^"]*)"|'([^']*)'|<([^>]*)>|(${value}))`,
		"i",
	);
/** An id may look like any other field, as in `smsc:123` or Base64. */
const fieldNames = "sub|dlvrd|(?:submit|done)[_-]?date|stat(?:us|e)?|err(?:or)?|text";
const patterns = {
	id: patternOf("id|(?:message|msg)[_ -]?id", word, fieldNames),
	stat: patternOf("stat(?:us|e)?|message[_ ]?state", words),
	err: patternOf("err(?:or)?(?:[_ -]?code)?"),
	sub: patternOf("sub"),
	dlvrd: patternOf("dlvrd"),
};

/** The fields of a text. `text` comes last and quotes the message, which may look like other fields. */
function fieldsOf(text: string): (field: keyof typeof patterns) => string | undefined {
	const head = text.replace(/(^|[\s,;|])text\s*[:=].*$/is, "");
	return (field) => {
		const found = patterns[field]
			.exec(head)
			?.slice(1)
			.find((value) => value !== undefined);
		return found?.trim() || undefined;
	};
}

/** Whether a text is a receipt's although its PDU does not say so: a subscriber's message may name an id or a state. */
export function isReceiptText(text: string): boolean {
	const field = fieldsOf(text);
	const isDated = /(?<![a-z])(?:(?:submit|done)[ _-]?)?date\s*[:=]/i.test(text);
	const isCounted = field("sub") !== undefined && field("dlvrd") !== undefined;
	const begins = /^\W*(?:(?:message|msg)[ _-]?)?id\W/i.test(text);
	return begins && (isDated || isCounted) && field("id") !== undefined && field("stat") !== undefined;
}

type Read = Omit<Receipt, "recipient" | "receivedAt" | "unswapped" | "mask">;

/** Reads a receipt from its TLVs and its text; either may be incomplete. Null if it has no message id. */
export function readReceipt(parts: ReceiptParts): Read | null {
	const field = fieldsOf(parts.text);
	const textId = field("id");
	const smscId = parts.smscId?.trim() || textId;
	if (smscId === undefined) return null;
	const state = parts.isIntermediate ? "ENROUTE" : stateOf(parts, field);
	const segments = segmentsIn(field, state);
	return {
		smscId,
		state,
		reason: reasonOf(parts, field),
		...(textId !== undefined && textId !== smscId && { textId }),
		...(segments > 1 && { segments }),
	};
}

type Fields = ReturnType<typeof fieldsOf>;

/** A zero is no reason if the other field has one. */
function reasonOf({ networkError }: ReceiptParts, field: Fields): string {
	const reason = field("err") ?? "";
	if (networkError === null) return reason;
	return reason === "" || (plainReason(reason) === "0" && networkError !== 0) ? String(networkError) : reason;
}

function stateOf({ state }: ReceiptParts, field: Fields): string {
	const states = [stateOfNumber(state ?? -1), plainState(field("stat")?.toUpperCase())];
	const isOfSmpp34 = state !== null && state >= 1 && state <= 8;
	const named = (isOfSmpp34 ? states : states.toReversed()).filter((one) => one !== undefined);
	return strongestState(named.length > 0 ? named : [stateByCounts(field)]);
}

/** Without a state, the number of delivered segments may say it. */
function stateByCounts(field: Fields): string {
	const [delivered, isError] = [Number(field("dlvrd") ?? Number.NaN), Number(field("err") ?? 0) !== 0];
	if (delivered > 0 && !isError) return "DELIVRD";
	return delivered === 0 && isError ? "UNDELIV" : "";
}

/**
 * How many segments the receipt is for. An SMSC that counts them sends one receipt for all. It may end undelivered after
 * some of them were delivered.
 */
function segmentsIn(field: Fields, state: string): number {
	const [sub, delivered] = [Number(field("sub") ?? 1), Number(field("dlvrd") ?? 1)];
	const status = statusOfState(state);
	const isFailure = status !== undefined && status !== "DELIVERED" && isFinal(status);
	const isForAll = delivered === sub || delivered === 0 || (isFailure && delivered < sub);
	return Number.isInteger(sub) && sub <= 255 && isForAll ? sub : 1;
}

function codeWithoutReason(status: MessageStatus): string | null {
	if (status === "ACCEPTED") return null;
	return status === "EXPIRED" ? "22" : unknownError;
}

const wordMax = 20;

/**
 * The status that a receipt gives its segment. If it was not delivered, the error code is that of the reason, or the
 * unknown error.
 * @param errors the error numbers of its SMSC, if they differ from the dictionary.
 */
export function statusUpdateOf(receipt: Receipt, errors?: SmscErrors): StatusUpdate {
	const status = statusOfState(receipt.state) ?? "EN_ROUTE";
	const at = receipt.receivedAt;
	const { state, reason } = receipt;
	const isUsual = state === "" || state === usualState(status);
	const isFailure = status !== "DELIVERED" && isFinal(status);
	const isReason = reason !== "" && (isFailure || plainReason(reason) !== "0");
	const errorCode = isFailure ? (codeOfReason(reason, errors) ?? codeWithoutReason(status)) : null;
	return {
		status,
		errorCode,
		at,
		...(isReason && { reason: reason.slice(0, wordMax) }),
		...(!isUsual && { state: state.slice(0, wordMax) }),
	};
}
