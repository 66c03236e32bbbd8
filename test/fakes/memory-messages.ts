import { isDeepStrictEqual } from "node:util";
import type { Clock } from "#shared/clock.ts";
import { UnreadableRows } from "#shared/domain/faults.ts";
import { redacted } from "#shared/domain/message/final-text.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { isReportNamed } from "#shared/domain/reports/report-batches.ts";
import type { MessageStore, WantedChange } from "#shared/usecases/message/message-store.ts";

/**
 * Messages in memory, as the table stores them. A test may read and change `rows`; reading a message of `unreadable`
 * fails.
 */
export function memoryMessages(
	now: Clock = Date.now,
): MessageStore & { readonly rows: Map<number, Message>; readonly unreadable: Set<number> } {
	const rows = new Map<number, Message>();
	const unreadable = new Set<number>();
	const unexpired = (messageIds: readonly number[]) =>
		messageIds.flatMap((id) => rows.get(id) ?? []).filter((row) => row.keepUntil > now());
	const unreadableIds = (messageIds: readonly number[]) =>
		unexpired(messageIds).flatMap(({ messageId }) => (unreadable.has(messageId) ? messageId : []));
	const refuse = (messageIds: readonly number[]) => {
		const ids = unreadableIds(messageIds);
		if (ids.length > 0) throw new UnreadableRows("messages", ids);
	};
	const byId = (found: readonly Message[]) => new Map(found.map((row) => [row.messageId, row]));
	return {
		rows,
		unreadable,
		async insert(messages) {
			refuse(messages.map(({ messageId }) => messageId));
			return messages.map((message) => {
				const by = rows.get(message.messageId);
				if (by !== undefined && by.keepUntil > now() && by.attempt !== message.attempt) return { kind: "taken", by };
				rows.set(message.messageId, message);
				return { kind: "inserted" };
			});
		},
		async read(messageIds) {
			refuse(messageIds);
			return byId(unexpired(messageIds));
		},
		async readEach(messageIds) {
			const found = unexpired(messageIds).filter(({ messageId }) => !unreadable.has(messageId));
			return { rows: byId(found), unreadable: new Set(unreadableIds(messageIds)) };
		},
		async undoInsert(messages) {
			for (const { messageId, attempt } of messages) {
				const row = rows.get(messageId);
				if (row?.attempt === attempt && row.revision === 0) rows.delete(messageId);
			}
		},
		async change(changes) {
			return changes.map(({ message, change }) => {
				const row = rows.get(message.messageId);
				if (row?.attempt !== message.attempt || unreadable.has(message.messageId)) return "stale";
				if (row.revision !== message.revision) return hasChange(row, { message, change }) ? "changed" : "stale";
				rows.set(message.messageId, redacted({ ...message, ...change, revision: message.revision + 1 }));
				return "changed";
			});
		},
	};
}

/** Whether this change was made already, by whichever caller. */
function hasChange(row: Message, { message, change }: WantedChange): boolean {
	if (isReportNamed(row, change)) return true;
	return row.revision === message.revision + 1 && isDeepStrictEqual({ ...row, ...change }, row);
}
