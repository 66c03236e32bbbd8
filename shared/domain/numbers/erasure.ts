import type { IncomingMessage } from "../incoming/incoming-message.ts";
import type { Message } from "../message/message.ts";
import { isFinal } from "../message/statuses.ts";
import { inLowerCase, smscRef, withoutRecipient } from "../receipts/smsc-ref.ts";
import { receiptWaitMs, slotAt } from "../schedule/slots.ts";

/** In the place of an erased number. It can be no number. */
export const erasedNumber = "***********";

const dayMs = 24 * 60 * 60_000;

/** Reports are tried for a day, and queues may be a day late. */
const reportedWithinMs = 2 * dayMs;

/**
 * Whether a message may be erased. It needs its number until it has ended, because it may still be sent, and until its
 * end is reported, because a report by SMPP names the number.
 */
export function isErasable(message: Message, isConfirmed: boolean, now: number): boolean {
	const { status, statusAt, reportBatchId } = message;
	return isFinal(status) && (reportBatchId === null || isConfirmed || now - statusAt > reportedWithinMs);
}

/** From when on a message may be erased at the latest, by what its row says now. */
export function erasableFrom({ status, statusAt, expiresAt }: Message): number {
	return (isFinal(status) ? statusAt : slotAt(expiresAt + receiptWaitMs)) + reportedWithinMs;
}

/** A message without its number and its text. Its client's own id stays: it recognises a repeated request. */
export function erasedMessage(message: Message): Message {
	return {
		...message,
		recipient: erasedNumber,
		text: "",
		finalText: "remove",
		textDigest: null,
		refusalText: null,
		part: message.part && { ...message.part, octets: "" },
		smpp: message.smpp && { ...message.smpp, address: erasedNumber },
		segments: message.segments.map(({ reason: _, ...segment }) => segment),
		history: message.history.map((entry) => (entry.kind === "receipt" ? { ...entry, reason: null } : entry)),
	};
}

/** Whether a message from a subscriber may be erased: it is reported, or belongs to no account. */
export function isIncomingErasable(message: IncomingMessage, isConfirmed: boolean, now: number): boolean {
	return message.userName === null || isConfirmed || now - message.receivedAt > reportedWithinMs;
}

export function erasedIncoming(message: IncomingMessage, number: string): IncomingMessage {
	const hidden = (address: string) => (address === number ? erasedNumber : address);
	return { ...message, sender: hidden(message.sender), recipient: hidden(message.recipient), text: "" };
}

/** The keys of the submissions of a message. */
export function submissionRefs({ operator, recipient, segments }: Message): readonly string[] {
	if (operator === null) return [];
	return segments.flatMap(({ smscId }) => {
		const ref = smscRef(operator, recipient, smscId);
		return [ref, withoutRecipient(ref), inLowerCase(ref) ?? []].flat();
	});
}

/** A number in any text, as the last ten digits, which is how SMSCs agree on it. */
export const namesNumber = (text: string, number: string): boolean => text.includes(number.slice(-10));
