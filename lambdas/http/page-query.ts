import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";

/** Which items of a list a request wants: from an index on, at most so many. */
export type PageQuery = { readonly from: number; readonly limit: number };

const limitMax = 1_000;

/**
 * Reads `limit` and `cursor` (A52). Without them, the page is the whole list.
 * @throws Refusal for any other value than a limit of 1 to 1,000 and a cursor that the gateway gave.
 */
export function pageQuery({ queryStringParameters: query }: Event): PageQuery {
	return {
		limit: wholeNumber(query?.["limit"], limitMax, "limit", `must be a whole number from 1 to ${limitMax}`),
		from: wholeNumber(query?.["cursor"], 0, "cursor", "must be the Next-Cursor of an earlier page"),
	};
}

function wholeNumber(text: string | undefined, absent: number, field: "limit" | "cursor", detail: string): number {
	if (text === undefined) return absent;
	const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
	if (value >= 1 && value <= limitMax) return value;
	throw new Refusal(null, { field, detail: `${field} ${detail}` });
}
