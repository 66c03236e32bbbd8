import { notFound } from "./answers.ts";

/**
 * The id that a path names (A2).
 * @throws HttpProblem 404 for what can be no id of ours.
 */
export function messageIdIn(text: string | undefined): number {
	const id = /^[1-9]\d{0,15}$/.test(text ?? "") ? Number(text) : Number.NaN;
	if (!Number.isSafeInteger(id)) throw notFound("There is no such message");
	return id;
}
