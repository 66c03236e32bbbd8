/** What the search index keeps of a message: whose it is, and since when there is it. */
export type SearchEntry = { readonly userName: string; readonly at: number; readonly messageId: number };

/** The place of an entry among those of its account, as text. Texts sort as the entries do: by time, then by id. */
export type Place = string;

const atLength = 9;
const idLength = 11;
const lastId = "z".repeat(idLength);

const digits = (value: number, length: number) => value.toString(36).padStart(length, "0");

export function placeOf({ at, messageId }: Pick<SearchEntry, "at" | "messageId">): Place {
	return `${digits(at, atLength)}${digits(messageId, idLength)}`;
}

/** From one instant to another, both included. Null: no bound. */
export type Period = { readonly from: number | null; readonly to: number | null };

/** The first and last possible place of a period. @param before only places before this one. */
export function placesIn({ from, to }: Period, before: Place | null): { readonly first: Place; readonly last: Place } {
	const first = placeOf({ at: Math.max(0, from ?? 0), messageId: 0 });
	const last = `${to === null ? "z".repeat(atLength) : digits(Math.max(0, to), atLength)}${lastId}`;
	const ahead = before === null ? last : placeBefore(before);
	return { first, last: ahead < last ? ahead : last };
}

function placeBefore(place: Place): Place {
	const [at, id] = [place.slice(0, atLength), Number.parseInt(place.slice(atLength), 36)];
	if (id > 0) return `${at}${digits(id - 1, idLength)}`;
	return `${digits(Math.max(0, Number.parseInt(at, 36) - 1), atLength)}${lastId}`;
}

export const isPlace = (text: string): boolean => /^[0-9a-z]{20}$/.test(text);

/** The names of accounts have no spaces, so a key begins like those of one account only. */
export const keyStart = (userName: string): string => `${userName} `;

/** The key by which the index sorts the messages of one number: by account, then by place. */
export function searchKey(entry: SearchEntry): string {
	return `${keyStart(entry.userName)}${placeOf(entry)}`;
}

/** @throws Error if the key is not one of `searchKey`. */
export function entryOfKey(key: string): SearchEntry {
	const place = key.slice(-(atLength + idLength));
	const userName = key.slice(0, -(atLength + idLength + 1));
	if (!isPlace(place) || key !== `${keyStart(userName)}${place}`)
		throw new Error("stored item: a search key is malformed");
	const [at, messageId] = [place.slice(0, atLength), place.slice(atLength)].map((part) => Number.parseInt(part, 36));
	return { userName, at: at ?? 0, messageId: messageId ?? 0 };
}

/** Entries, the newest first. `more`: others follow. */
export type EntryPage = { readonly entries: readonly SearchEntry[]; readonly more: boolean };

/** Pages of several accounts as one, as far as it is certain that no entry is missing. */
export function mergedPages(pages: readonly EntryPage[], limit: number): EntryPage {
	const all = pages.flatMap(({ entries }) => entries).sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
	const ends = pages.flatMap(({ entries, more }) => {
		const last = more ? entries.at(-1) : undefined;
		return last === undefined ? [] : placeOf(last);
	});
	const end = ends.reduce((latest, one) => (one > latest ? one : latest), "");
	const certain = all.filter((entry) => placeOf(entry) >= end).slice(0, limit);
	return { entries: certain, more: ends.length > 0 || certain.length < all.length };
}
