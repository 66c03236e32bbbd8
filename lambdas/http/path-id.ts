import { notFound } from "./responses.ts";

/**
 * The id of a message or a batch in a path (A2).
 * @throws HttpProblem 404 for a text that cannot be an id.
 */
export function pathId(text: string | undefined, what: "message" | "batch"): number {
	const id = /^[1-9]\d{0,15}$/.test(text ?? "") ? Number(text) : Number.NaN;
	if (!Number.isSafeInteger(id)) throw notFound(`There is no such ${what}`);
	return id;
}
