import { almatyText } from "./almaty-time.ts";
import { errorText } from "./error-codes.ts";
import type { Message } from "./message.ts";
import { rnCodes } from "./operators.ts";
import type { OnWay } from "./packs.ts";

/**
 * One message in a report to its client, in the shape of the document's captured exchange (R37, A2, A4, A5). A message that was
 * never sent has none of the last four fields.
 * @param onWay what is told of it while it has not ended, in the place of its status.
 */
export function deliveryReport(message: Message, onWay?: OnWay) {
	const { operator, sentAt, confirmedAt } = message;
	/* A message may have ended since: what is told of its way is as it was then. */
	const { status, errorCode, statusAt } = onWay
		? { status: onWay.status, errorCode: null, statusAt: onWay.at }
		: message;
	return {
		status,
		client_message_id: message.clientMessageId,
		error_code: errorCode,
		error_message: errorText(errorCode),
		segment_count: message.segmentCount,
		init_time: almatyText(message.acceptedAt),
		status_time: almatyText(statusAt),
		message_id: message.messageId,
		...(sentAt !== null && {
			sent_time: almatyText(sentAt),
			...(confirmedAt !== null && { sent_confirm_time: almatyText(confirmedAt) }),
			...(operator !== null && { rn_code: rnCodes[operator] }),
			retry_count: message.retryCount,
		}),
	};
}
