import type { Message } from "#shared/domain/message/message.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";

/** A found message in a list: what tells it from others, and what has become of it. */
export function foundMessageRow(message: Message) {
	return {
		accepted: almatyText(message.acceptedAt),
		message_id: message.messageId,
		account: message.userName,
		sender: message.sender,
		recipient: message.recipient,
		operator: message.operator,
		status: message.status,
		error_code: message.errorCode,
		client_message_id: message.clientMessageId,
		batch_id: message.batchId,
	};
}
