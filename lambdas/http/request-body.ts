import type { z } from "zod";
import { refusalFrom } from "#shared/contracts/refusal-from.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";
import { tooLarge } from "./responses.ts";

/** The limit of the decoded body (A25): a Lambda event may have 6 MB, base64 included. */
const bytesMax = 4 * 1_024 * 1_024;

/** More than any valid body has, and few enough for the stack. */
const levelsMax = 32;

/**
 * Parses the JSON body, whatever its content type (A44).
 * @throws HttpProblem 413; Refusal naming the first wrong field.
 */
export function requestBody<Schema extends z.ZodType>(event: Event, schema: Schema): z.output<Schema> {
	const parsed = schema.safeParse(jsonOf(event));
	if (parsed.success) return parsed.data;
	throw refusalFrom(parsed.error);
}

function jsonOf(event: Event): unknown {
	const value = parsedFrom(textOf(event));
	if (!isDeeper(value, levelsMax)) return value;
	throw new Refusal(null, { detail: `The request body is nested more than ${levelsMax} levels deep` });
}

function textOf({ body = "", isBase64Encoded }: Event): string {
	if (Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8") > bytesMax) throw tooLarge(bytesMax);
	const text = isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
	/* Some client libraries send a byte order mark, which is not valid in JSON. */
	return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function parsedFrom(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const detail = error instanceof Error ? `: ${error.message}` : "";
		throw new Refusal(null, { detail: `The request body is not valid JSON${detail}` });
	}
}

function isDeeper(value: unknown, levels: number): boolean {
	if (typeof value !== "object" || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
