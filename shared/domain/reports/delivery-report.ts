import { errorText } from "../message/error-codes.ts";
import type { Message } from "../message/message.ts";
import { rnCodes } from "../message/operators.ts";
import { almatyText } from "../time/almaty-time.ts";
import type { InterimStatus } from "./report-batches.ts";

/**
 * One message in a report, in the form of the contract's captured exchange (R37, A2, A4, A5). A message that was never
 * submitted has none of the last four fields.
 * @param interim reported instead of the status of the row: the message may have ended since.
 */
export function deliveryReport(message: Message, interim?: InterimStatus) {
	const { operator, sentAt, confirmedAt } = message;
	const { status, errorCode, statusAt } = interim
		? { status: interim.status, errorCode: null, statusAt: interim.at }
		: message;
	return {
		status,
		client_message_id: message.clientMessageId,
		error_code: errorCode,
		error_message: message.refusalText ?? errorText(errorCode),
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
