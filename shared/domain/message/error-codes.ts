/** The contract's dictionary of error codes, word for word (R39). On the wire a code is text; null: none (A4). */
export const errorTexts = {
	0: "No error",
	1: "Subscriber not found | Message length is invalid (can't send empty text)",
	2: "Command length is invalid",
	3: "Invalid Command ID",
	4: "Incorrect BIND Status for given command",
	5: "ESME Already in Bound State",
	6: "Invalid Priority Flag",
	7: "Invalid Registered Delivery Flag",
	8: "System error (possibly wrong subscriber MISDN)",
	9: "Subscriber was ported to another operator",
	10: "Invalid sender / source address",
	11: "Invalid recipient / destination address (format should be 7xxxYYYzzzz)",
	12: "Equipment does not support SMS service | Message ID is invalid",
	13: "Bind Failed",
	14: "Invalid Password",
	15: "Invalid System ID",
	16: "MSC record not found in HLR for this subscriber",
	17: "cancel_sm failed",
	18: "Provider did not respond to send request. SMS can still be delivered.",
	19: "replace_sm failed",
	20: "Message queue full",
	21: "Invalid service type",
	22: "Message expired",
	23: "Duplicate client_message_id, should be unique for each message.",
	24: "Timebound not allowed for given sender",
	25: "Wrong information in time_bounds field.",
	26: "Internal error: wrong smpp account to send message",
	27: "Mobile equipment is off, out of coverage, or SIM memory is full",
	28: "SMS service is not activated for subscriber",
	29: "Subscriber is in blocked state",
	30: "Subscriber number is banned from receiving SMS. Possible reasons: subscriber complaint, m2m device, corporate number restriction.",
	31: "Subscriber busy for MT-SMS",
	32: "SIM memory is full / possible errors while transmitting the message",
	33: "Subscriber number can't receive SMS. Possible reasons: insufficient balance or contradiction with operator's internal service.",
	34: "Subscriber number is in provider's black list / provider doesn't have routing set up for this number (MNP issue).",
	35: "Operator did not set up support for MNP-migrated subscribers for this sender/source address",
	36: "SMS declined due to absence of context support for this sender (possibly blocked by roaming provider).",
	37: "Subscriber is in MNP migration state. Please try again in 4 hours.",
	51: "Invalid number of destinations",
	52: "Invalid distribution list name",
	64: "Destination flag is invalid (submit_multi)",
	66: "Invalid submit with replace request; submit_sm with replace_if_present_flag set",
	67: "Invalid esm_class field data",
	68: "Invalid submit to distribution list",
	69: "submit_sm or submit_multi failed",
	72: "Invalid Source address TON",
	73: "Invalid Source address NPI",
	80: "Invalid Destination address TON",
	81: "Invalid Destination address NPI",
	83: "Invalid system_type field",
	84: "Invalid replace_if_present flag",
	85: "Invalid number of messages",
	88: "Throttling error; ESME has exceeded allowed message limits.",
	97: "Invalid scheduled delivery time",
	98: "Invalid message validity period (Expiry time).",
	99: "Predefined message invalid or not found",
	100: "ESME Receiver temporary error",
	101: "ESME Receiver permanent error",
	102: "ESME Receiver reject message error",
	103: "query_sm request failed",
	192: "Error in the optional part of the PDU body",
	193: "TLV not allowed",
	194: "Invalid parameter length",
	195: "Expected TLV missing",
	196: "Invalid TLV value",
	254: "Transaction delivery failure",
	255: "Unknown Error",
	/* Not in the dictionary, but named in the contract: a schedule off the quarter of an hour (A7). */
	10012: "Schedule must be on a 15-minute step.",
} as const;

export type ErrorCode = `${keyof typeof errorTexts}`;

export const unknownError: ErrorCode = "255";

const texts: Readonly<Record<string, string>> = errorTexts;

/** The text of a code; null for no code. A code outside the dictionary has the text of the unknown error. */
export function errorText(code: string | null): string | null {
	return code === null ? null : (texts[code] ?? errorTexts[unknownError]);
}

/** Codes from here on are given by the gateway only, never by an SMSC. */
const gatewayCodesFrom = 10_000;

/** The code of an SMSC's error number. Unknown numbers and 0 ("no error") give the unknown error. */
export function errorCodeFrom(reason: number): ErrorCode {
	const isKnown = reason > 0 && reason < gatewayCodesFrom && String(reason) in texts;
	return isKnown ? (String(reason) as ErrorCode) : unknownError;
}
