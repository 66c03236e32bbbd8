import type { z } from "zod";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import { bodyText } from "./body-text.ts";
import type { Event } from "./http-handler.ts";
import { jsonBody } from "./json-body.ts";

/**
 * Parses the JSON body, whatever its content type (A44).
 * @throws HttpProblem 413; Refusal naming the first wrong field.
 */
export function requestBody<Schema extends z.ZodType>(event: Event, schema: Schema): z.output<Schema> {
	const parsed = schema.safeParse(jsonBody(bodyText(event)));
	if (parsed.success) return parsed.data;
	throw refusalFrom(parsed.error);
}
