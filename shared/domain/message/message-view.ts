import { almatyText } from "../time/almaty-time.ts";
import { errorText } from "./error-codes.ts";
import { isRedacted } from "./final-text.ts";
import type { Message, RefusableField, Segment } from "./message.ts";
import { isFullySubmitted } from "./message-transitions.ts";
import { rnCodes } from "./operators.ts";

const textOrNull = (at: number | null) => (at === null ? null : almatyText(at));

/**
 * A message in the form of GET (R29). Counts are in segments (R30).
 * @param informed whether the client has confirmed the report of its end (A38).
 */
export function messageView(message: Message, informed: boolean) {
	const ifRead = <Value>(name: RefusableField, value: Value) => (message.unreadFields.includes(name) ? null : value);
	const { sent, delivered } = countsOf(message);
	return {
		message_id: message.messageId,
		batch_id: message.batchId,
		client_message_id: message.clientMessageId,
		sender: message.sender,
		recipient: message.recipient,
		message_text: message.text,
		...(isRedacted(message) && { text_redacted: true as const }),
		priority: message.priority,
		expire_date: ifRead("expire_date", almatyText(message.expiresAt)),
		time_bounds: ifRead("time_bounds", message.timeBounds),
		flash: ifRead("flash", message.flash),
		schedule: textOrNull(message.schedule),
		message_status: message.status,
		error_code: message.errorCode,
		error_message: message.refusalText ?? errorText(message.errorCode),
		segment_count: message.segmentCount,
		sent_count: sent,
		delivery_count: delivered,
		is_informed: informed ? "Y" : null,
		init_time: almatyText(message.acceptedAt),
		sent_time: textOrNull(message.sentAt),
		sent_confirm_time: textOrNull(message.confirmedAt),
		status_time: almatyText(message.statusAt),
		schedule_state: message.scheduleState,
		retry_count: message.retryCount,
		rn_code: message.operator === null ? null : rnCodes[message.operator],
	};
}

/** An SMSC may take a text in more or fewer parts than the contract counts segments (ADR 0020). */
function countsOf({ segments, segmentCount, confirmedAt }: Message) {
	const delivered = segments.filter(({ status }) => status === "DELIVERED").length;
	if (!isFullySubmitted({ confirmedAt })) {
		return { sent: Math.min(segments.length, segmentCount), delivered: Math.min(delivered, segmentCount) };
	}
	return { sent: segmentCount, delivered: Math.floor((delivered / segments.length) * segmentCount) };
}

/** A segment in the form of GET (R35). The contract spells it `smcsc_id`. */
export function segmentView(segment: Segment) {
	return {
		smcsc_id: segment.smscId,
		status: segment.status,
		status_time: almatyText(segment.statusAt),
		error_code: segment.errorCode,
		error_message: errorText(segment.errorCode),
	};
}
