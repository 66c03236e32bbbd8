import { randomUUID } from "node:crypto";

/** Numbers of Kcell. Each message of a run has another one, by which the SMSC recognises it. */
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

/** Of one segment. */
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
