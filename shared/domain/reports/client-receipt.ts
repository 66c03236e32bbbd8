import type { Message } from "../message/message.ts";
import type { MessageStatus } from "../message/statuses.ts";
import { almatyTime } from "../time/almaty-time.ts";
import type { InterimStatus } from "./report-batches.ts";

/** What a client that is bound by SMPP is told of a message (A47), apart from the addresses. */
export type ClientReceipt = {
	readonly messageId: string;
	/** As SMPP's appendix B has it. ASCII. */
	readonly text: string;
	readonly status: MessageStatus;
	/** The network's own code of what went wrong, where it gave one (section 5.3.2.31). */
	readonly networkError: number | null;
};

/**
 * The contract's statuses as a receipt's states, the way back of A36. SMPP has no state for FAILED: the message is certainly not
 * delivered, and its code says why.
 */
const states = {
	NEW: "ENROUTE",
	SENT: "ENROUTE",
	EN_ROUTE: "ENROUTE",
	DELIVERED: "DELIVRD",
	EXPIRED: "EXPIRED",
	DELETED: "DELETED",
	UNDELIVERABLE: "UNDELIV",
	FAILED: "UNDELIV",
	ACCEPTED: "ACCEPTD",
	INVALID: "UNKNOWN",
	REJECTED: "REJECTD",
} as const satisfies Record<MessageStatus, string>;

/** @param interim what is told of it while it has not ended, in the place of its status. */
export function clientReceipt(message: Message, interim?: InterimStatus): ClientReceipt {
	/* A message may have ended since: what is told of its way is as it was then. */
	const { status, errorCode, statusAt } = interim
		? { status: interim.status, errorCode: null, statusAt: interim.at }
		: message;
	const messageId = String(message.messageId);
	const text = [
		`id:${messageId}`,
		"sub:001",
		`dlvrd:${status === "DELIVERED" ? "001" : "000"}`,
		`submit date:${minuteText(message.acceptedAt)}`,
		`done date:${minuteText(statusAt)}`,
		`stat:${states[status]}`,
		`err:${threeDigits(errorCode)}`,
		`text:${beginningOf(message.text)}`,
	].join(" ");
	return { messageId, text, status, networkError: networkErrorOf(message, status) };
}

/** YYMMDDhhmm, as Almaty's clock shows it. */
function minuteText(at: number): string {
	const { year, month, day, hour, minute } = almatyTime(at);
	return [year % 100, month, day, hour, minute].map((part) => String(part).padStart(2, "0")).join("");
}

/** The code that SMPP has for a schedule that cannot be. */
const invalidSchedule = "097";

/** The field has three places; the one code that is longer has a twin among SMPP's. */
function threeDigits(errorCode: string | null): string {
	const digits = (errorCode ?? "0").padStart(3, "0");
	return digits.length === 3 ? digits : invalidSchedule;
}

const textMax = 20;

/** The first characters; those that are not ASCII as question marks, for a receipt's text is ASCII to whoever reads it. */
function beginningOf(text: string): string {
	return Array.from(text.slice(0, 2 * textMax))
		.slice(0, textMax)
		.join("")
		.replace(/[^ -~]/gu, "?");
}

/** From here on the dictionary's codes are SMPP's, of the way to the SMSC; below them they are the networks'. */
const smppCodesBegin = 51;

/** Only what an SMSC's receipt said: one that was never sent may be UNDELIVERABLE too, by a code of the gateway's own. */
function networkErrorOf({ segments, errorCode }: Message, status: MessageStatus): number | null {
	const code = Number(errorCode ?? 0);
	const isTheirs = status === "UNDELIVERABLE" && segments.length > 0;
	return isTheirs && code > 0 && code < smppCodesBegin ? code : null;
}
