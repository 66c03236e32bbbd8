import { type Operator, rnCodes } from "../message/operators.ts";
import { almatyText } from "../time/almaty-time.ts";

/** A message from a subscriber (MO), its parts joined. */
export type IncomingMessage = {
	readonly messageId: number;
	/** Whose it is (A48); null: nobody's yet. */
	readonly userName: string | null;
	/** The report batch that reports it; null as long as it is nobody's. */
	readonly reportBatchId: string | null;
	/** The subscriber's number. */
	readonly sender: string;
	/** The short code. */
	readonly recipient: string;
	/** At most the first 1,500 characters (R41). */
	readonly text: string;
	/** The parts that are in it: fewer than it was sent in, where some never came. */
	readonly segmentCount: number;
	readonly receivedAt: number;
	/** The operator that it came from. */
	readonly operator: Operator;
	readonly keepUntil: number;
};

/** What is kept of a longer one (R41). */
export const incomingTextMax = 1_500;

/** The beginning of a text, counted in characters: a surrogate pair is one, and is never cut (A48). */
export function firstCharacters(text: string, max: number): string {
	if (text.length <= max) return text;
	let end = 0;
	for (let count = 0; count < max && end < text.length; count += 1)
		end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
	return text.slice(0, end);
}

/** One message in a report to its client (R40). */
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
