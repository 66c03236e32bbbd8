import type { Message } from "#shared/domain/message.ts";
import { isReportNamed } from "#shared/domain/packs.ts";
import type { Clock, MessageStore } from "#shared/ports.ts";

/** Messages in memory, as the table keeps them. `rows` is open, so that a test may look, and change them behind a caller's back. */
export function memoryMessages(now: Clock = Date.now): MessageStore & { readonly rows: Map<number, Message> } {
	const rows = new Map<number, Message>();
	return {
		rows,
		async insert(messages) {
			return messages.map((message) => {
				const by = rows.get(message.messageId);
				if (by !== undefined && by.keepUntil > now() && by.attempt !== message.attempt) return { kind: "taken", by };
				rows.set(message.messageId, message);
				return { kind: "inserted" };
			});
		},
		async read(messageIds) {
			const found = messageIds.flatMap((id) => rows.get(id) ?? []).filter((row) => row.keepUntil > now());
			return new Map(found.map((row) => [row.messageId, row]));
		},
		async takeBack(messages) {
			for (const { messageId, attempt } of messages) {
				const row = rows.get(messageId);
				if (row?.attempt === attempt && row.revision === 0) rows.delete(messageId);
			}
		},
		async change(changes) {
			return changes.map(({ message, change }) => {
				const row = rows.get(message.messageId);
				if (row?.attempt !== message.attempt) return "stale";
				if (row.revision !== message.revision) return isReportNamed(row, change) ? "changed" : "stale";
				rows.set(message.messageId, { ...message, ...change, revision: message.revision + 1 });
				return "changed";
			});
		},
	};
}
