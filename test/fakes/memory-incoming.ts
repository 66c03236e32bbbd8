import type { IncomingMessage } from "#shared/domain/incoming-message.ts";
import type { Clock, IncomingStore } from "#shared/ports.ts";

/** Messages from subscribers, in memory. `rows` is open, so that a test may look. */
export function memoryIncoming(
	now: Clock = Date.now,
	messages: readonly IncomingMessage[] = [],
): IncomingStore & { readonly rows: Map<number, IncomingMessage> } {
	const rows = new Map(messages.map((message) => [message.messageId, message]));
	return {
		rows,
		async put(more) {
			for (const message of more) rows.set(message.messageId, message);
		},
		async read(messageIds) {
			const found = messageIds.flatMap((id) => rows.get(id) ?? []).filter(({ keepUntil }) => keepUntil > now());
			return new Map(found.map((message) => [message.messageId, message]));
		},
	};
}
