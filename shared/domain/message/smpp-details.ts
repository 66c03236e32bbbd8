/** What only a message has that was submitted by SMPP. */
export type SmppDetails = {
	/** The session that submitted it, if its receipts can go to that session; null: a transmitter. */
	readonly session: string | null;
	readonly address: string;
	/** The client's user_message_reference, which the receipts repeat. */
	readonly reference: number | null;
	/** The id that a submit_multi was answered with, which the receipts name; null: the message's own. */
	readonly receiptId: number | null;
	/** 1 to 3. Class 0 is `flash`. */
	readonly messageClass: MessageClass | null;
};

export const messageClasses = [1, 2, 3] as const;
export type MessageClass = (typeof messageClasses)[number];
