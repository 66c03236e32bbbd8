import type { Clock } from "#shared/clock.ts";
import type { IncomingEntry } from "#shared/domain/incoming/incoming-entry.ts";
import type { IncomingMessage } from "#shared/domain/incoming/incoming-message.ts";
import { type PartGroup, partGroupKey } from "#shared/domain/incoming/mo-part.ts";
import type { PartsRow } from "#shared/domain/incoming/mo-reassembly.ts";
import { byShortCode, type ShortCodeEntry } from "#shared/domain/incoming/short-codes.ts";
import type { IncomingQueue } from "#shared/usecases/incoming/incoming-queue.ts";
import type { IncomingStore } from "#shared/usecases/incoming/incoming-store.ts";
import type { PartStore } from "#shared/usecases/incoming/part-store.ts";
import type { ShortCodeStore } from "#shared/usecases/incoming/short-code-store.ts";

/** Messages from subscribers, in memory. A test may read `rows`; reading a row of `unreadable` fails. */
export function memoryIncoming(
	now: Clock = Date.now,
	messages: readonly IncomingMessage[] = [],
): IncomingStore & { readonly rows: Map<number, IncomingMessage>; readonly unreadable: Set<number> } {
	const unreadable = new Set<number>();
	const rows = new Map(messages.map((message) => [message.messageId, message]));
	return {
		rows,
		unreadable,
		async put(more) {
			for (const message of more) rows.set(message.messageId, message);
		},
		async readEach(messageIds) {
			const found = messageIds.flatMap((id) => rows.get(id) ?? []).filter(({ keepUntil }) => keepUntil > now());
			const sound = found.filter(({ messageId }) => !unreadable.has(messageId));
			return {
				rows: new Map(sound.map((message) => [message.messageId, message])),
				unreadable: new Set(found.flatMap(({ messageId }) => (unreadable.has(messageId) ? messageId : []))),
			};
		},
	};
}

export function memoryParts(): PartStore & {
	readonly rows: Map<string, PartsRow>;
	readonly unreadable: Set<string>;
} {
	const rows = new Map<string, PartsRow>();
	const unreadable = new Set<string>();
	const at = (of: PartGroup) => (unreadable.has(partGroupKey(of)) ? null : rows.get(partGroupKey(of)));
	return {
		rows,
		unreadable,
		find: async (all) =>
			all.map((of) => {
				const row = at(of);
				return row === undefined ? { of, partials: [], revision: 0 } : row;
			}),
		change: async (changes) =>
			changes.map((row) => {
				if ((rows.get(partGroupKey(row.of))?.revision ?? 0) !== row.revision) return "stale";
				rows.set(partGroupKey(row.of), { ...row, revision: row.revision + 1 });
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
