import { parameter, type SearchQuery } from "#shared/contracts/search-query.ts";
import { cursorAt, placeInCursor } from "#shared/domain/search/cursor.ts";
import { type PageWanted, pageKeysMax } from "#shared/usecases/search/find-messages.ts";
import { listResponse } from "./list-response.ts";
import type { HttpResponse } from "./responses.ts";

/** Reads `limit` and `cursor` of a search (A52). @throws Refusal for a cursor of another search, or that was altered. */
export function searchPage(query: SearchQuery, key: string, criteria: object): PageWanted {
	const limitIn = (text: string) => (/^\d{1,2}$/.test(text) && Number(text) >= 1 ? Number(text) : null);
	const atMost = (limit: number | null) => (limit !== null && limit <= pageKeysMax ? limit : null);
	const limit = parameter(query, "limit", (text) => atMost(limitIn(text)), `a whole number from 1 to ${pageKeysMax}`);
	const after = parameter(
		query,
		"cursor",
		(text) => placeInCursor(key, criteria, text),
		"the Next-Cursor of an earlier page of this search",
	);
	return { limit: limit ?? pageKeysMax, after };
}

/** A page of a search. 50 of the largest messages fit into a response. */
export function searchResponse(
	views: readonly unknown[],
	next: string | null,
	key: string,
	criteria: object,
): HttpResponse {
	return listResponse(views, () => (next === null ? null : cursorAt(key, criteria, next)));
}
