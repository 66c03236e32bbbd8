import type { IncomingEntry } from "#shared/domain/incoming-entry.ts";
import type { IncomingMessage } from "#shared/domain/incoming-message.ts";
import type { PartsRow } from "#shared/domain/mo-drafts.ts";
import { partsKey } from "#shared/domain/mo-part.ts";
import { byShortCode, type ShortCodeEntry } from "#shared/domain/short-codes.ts";
import type { Clock, IncomingQueue, IncomingStore, PartStore, ShortCodeStore } from "#shared/ports.ts";

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

export function memoryParts(): PartStore & { readonly rows: Map<string, PartsRow> } {
	const rows = new Map<string, PartsRow>();
	return {
		rows,
		find: async (all) => all.map((of) => rows.get(partsKey(of)) ?? { of, drafts: [], revision: 0 }),
		change: async (changes) =>
			changes.map((row) => {
				if ((rows.get(partsKey(row.of))?.revision ?? 0) !== row.revision) return "stale";
				rows.set(partsKey(row.of), { ...row, revision: row.revision + 1 });
				return "changed";
			}),
	};
}

export function memoryIncomingQueue(): IncomingQueue & {
	readonly sent: { readonly entry: IncomingEntry; readonly delaySeconds: number }[];
} {
	const sent: { entry: IncomingEntry; delaySeconds: number }[] = [];
	return {
		sent,
		async send(entries, delaySeconds = 0) {
			sent.push(...entries.map((entry) => ({ entry, delaySeconds })));
		},
	};
}

export function memoryShortCodes(entries: readonly ShortCodeEntry[] = []): ShortCodeStore {
	const rows = [...entries];
	const remove: ShortCodeStore["remove"] = async ({ shortCode, keyword }) => {
		const place = rows.findIndex((row) => row.shortCode === shortCode && row.keyword === keyword);
		if (place >= 0) rows.splice(place, 1);
	};
	return {
		find: async (shortCode) => rows.filter((row) => row.shortCode === shortCode),
		list: async () => [...rows].sort(byShortCode),
		async put(entry) {
			await remove(entry);
			rows.push(entry);
		},
		remove,
	};
}
