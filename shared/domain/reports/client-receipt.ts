import type { Message } from "../message/message.ts";
import type { MessageStatus } from "../message/statuses.ts";
import { almatyTime } from "../time/almaty-time.ts";
import type { InterimStatus } from "./report-batches.ts";

export type ClientReceipt = {
	/** As the client knows it. */
	readonly messageId: string;
	/** In the form of SMPP's appendix B, ASCII. */
	readonly text: string;
	readonly status: MessageStatus;
	/** The network's error code, if it gave one (section 5.3.2.31). */
	readonly networkError: number | null;
};

/** The receipt state of each status, the reverse of A36. SMPP has no state for FAILED, so it becomes UNDELIV. */
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

/** @param interim reported instead of the status of the row: the message may have ended since. */
export function clientReceipt(message: Message, interim?: InterimStatus): ClientReceipt {
	const { status, errorCode, statusAt } = interim
		? { status: interim.status, errorCode: null, statusAt: interim.at }
		: message;
	const messageId = String(message.smpp?.receiptId ?? message.messageId);
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

function minuteText(at: number): string {
	const { year, month, day, hour, minute } = almatyTime(at);
	return [year % 100, month, day, hour, minute].map((part) => String(part).padStart(2, "0")).join("");
}

/** SMPP's code for an invalid schedule. */
const invalidSchedule = "097";

/** The field has three digits. The only longer code, 10012, becomes SMPP's code for the same error. */
function threeDigits(errorCode: string | null): string {
	const digits = (errorCode ?? "0").padStart(3, "0");
	return digits.length === 3 ? digits : invalidSchedule;
}

const textMax = 20;

/** The first characters, with question marks for those that are not ASCII: clients read receipt texts as ASCII. */
function beginningOf(text: string): string {
	return Array.from(text.slice(0, 2 * textMax))
		.slice(0, textMax)
		.join("")
		.replace(/[^ -~]/gu, "?");
}

/** Codes of the dictionary from here on are SMPP's; smaller ones are those of networks. */
const smppCodesBegin = 51;

/** Only from an SMSC's receipt: a message that was never submitted may be UNDELIVERABLE with a code of the gateway. */
function networkErrorOf({ segments, errorCode }: Message, status: MessageStatus): number | null {
	const code = Number(errorCode ?? 0);
	const isTheirs = status === "UNDELIVERABLE" && segments.length > 0;
	return isTheirs && code > 0 && code < smppCodesBegin ? code : null;
}
