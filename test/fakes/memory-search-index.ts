import { placeOf, placesIn, type SearchEntry } from "#shared/domain/search/search-entry.ts";
import type { SearchIndex } from "#shared/usecases/search/search-index.ts";

export type IndexedEntry = SearchEntry & { readonly number: string };

/** A search index in memory, which counts the keys that it reads. */
export function memorySearchIndex(entries: readonly IndexedEntry[]): SearchIndex & { readonly keysRead: () => number } {
	let keysRead = 0;
	const newest = [...entries].sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
	return {
		keysRead: () => keysRead,
		async entries({ number, userName, before, limit, ...period }) {
			const { first, last } = placesIn(period, before);
			const found = newest
				.filter((entry) => entry.number === number && entry.userName === userName)
				.filter((entry) => placeOf(entry) >= first && placeOf(entry) <= last)
				.map(({ at, messageId }) => ({ userName, at, messageId }));
			keysRead += Math.min(limit, found.length);
			return { entries: found.slice(0, limit), more: found.length > limit };
		},
		async accounts(number, accountsMax) {
			const all = new Set(entries.filter((entry) => entry.number === number).map(({ userName }) => userName));
			const found = [...all].sort().reverse().slice(0, accountsMax);
			keysRead += found.length;
			return found;
		},
	};
}
