import { randomUUID } from "node:crypto";

/** Every message of a run has a recipient of its own, by which the SMSC knows it again; all are Kcell's. */
export type RecipientSequence = { next(): string };

export function recipientSequence(): RecipientSequence {
	let last = 0;
	return {
		next() {
			last += 1;
			return `7701${String(last).padStart(7, "0")}`;
		},
	};
}

/** Of one segment, as most are. */
export const shortText = "Your code is 123456. Never tell it to anybody.";

export function messageTo(recipient: string, priority = 0) {
	return {
		client_message_id: randomUUID(),
		sender: "SMSGW",
		recipient,
		message_text: shortText,
		priority,
	};
}
