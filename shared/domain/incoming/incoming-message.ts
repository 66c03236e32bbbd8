import { type Operator, rnCodes } from "../message/operators.ts";
import { almatyText } from "../time/almaty-time.ts";

export type IncomingMessage = {
	readonly messageId: number;
	/** The account that gets it (A48); null: unrouted. */
	readonly userName: string | null;
	/** The report batch that reports it; null while it is unrouted. */
	readonly reportBatchId: string | null;
	readonly sender: string;
	readonly recipient: string;
	/** At most the first 1,500 characters (R41). */
	readonly text: string;
	/** The number of parts in it: fewer than were sent if some never came. */
	readonly segmentCount: number;
	readonly receivedAt: number;
	readonly operator: Operator;
	readonly keepUntil: number;
};

/** Characters kept of a longer text (R41). */
export const incomingTextMax = 1_500;

/** The first characters of a text. A surrogate pair counts as one, and is never cut (A48). */
export function firstCharacters(text: string, max: number): string {
	if (text.length <= max) return text;
	let end = 0;
	for (let count = 0; count < max && end < text.length; count += 1)
		end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
	return text.slice(0, end);
}

export function incomingReport(message: IncomingMessage) {
	const { messageId, sender, recipient, text, segmentCount, receivedAt, operator } = message;
	return {
		message_id: messageId,
		sender,
		recipient,
		text,
		segment_count: segmentCount,
		receive_time: almatyText(receivedAt),
		rn_code: rnCodes[operator],
	};
}
