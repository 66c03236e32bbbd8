import { almatyText } from "./almaty-time.ts";
import { errorText } from "./error-codes.ts";
import type { Message } from "./message.ts";
import { rnCodes } from "./operators.ts";

/**
 * One message in a report to its client, in the shape of the document's captured exchange (R37, A2, A4, A5). A message that was
 * never sent has none of the last four fields.
 */
export function deliveryReport(message: Message) {
	const { operator, sentAt, confirmedAt } = message;
	return {
		status: message.status,
		client_message_id: message.clientMessageId,
		error_code: message.errorCode,
		error_message: errorText(message.errorCode),
		segment_count: message.segmentCount,
		init_time: almatyText(message.acceptedAt),
		status_time: almatyText(message.statusAt),
		message_id: message.messageId,
		...(sentAt !== null && {
			sent_time: almatyText(sentAt),
			...(confirmedAt !== null && { sent_confirm_time: almatyText(confirmedAt) }),
			...(operator !== null && { rn_code: rnCodes[operator] }),
			retry_count: message.retryCount,
		}),
	};
}
