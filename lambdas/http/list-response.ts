import { type HttpResponse, jsonHeaders } from "./responses.ts";

/** A response of a function may have 6 MB as JSON text; the rest of it needs some of these. */
const payloadBytesMax = 6 * 1_024 * 1_024 - 16 * 1_024;

/** Octets of a body in base64. */
const base64BodyMax = Math.floor(payloadBytesMax / 4) * 3;

/**
 * A list as a response that Lambda carries. Items that do not fit are left to the next page, even if no limit was asked for.
 * @param cursorAfter the cursor after so many of the items; null if nothing follows.
 */
export function listResponse(items: readonly unknown[], cursorAfter: (count: number) => string | null): HttpResponse {
	const texts = items.map((item) => JSON.stringify(item));
	const whole = encoded(texts);
	if (whole !== null) return response(whole, cursorAfter(texts.length));
	const count = countThatFits(texts);
	return response(inBase64(bodyOf(texts.slice(0, count))), cursorAfter(count));
}

type Body = Pick<HttpResponse, "body" | "isBase64Encoded">;

const bodyOf = (texts: readonly string[]) => `[${texts.join()}]`;

function response(body: Body, cursor: string | null): HttpResponse {
	return { statusCode: 200, headers: { ...jsonHeaders, ...(cursor !== null && { "next-cursor": cursor }) }, ...body };
}

const inBase64 = (body: string): Body => ({ body: Buffer.from(body).toString("base64"), isBase64Encoded: true });

/** Null if it is too large in any encoding. As text, the function's response escapes the body's quotes once more. */
function encoded(texts: readonly string[]): Body | null {
	const body = bodyOf(texts);
	if (body.length * 6 <= payloadBytesMax) return { body };
	if (Buffer.byteLength(JSON.stringify(body)) <= payloadBytesMax) return { body };
	return Buffer.byteLength(body) <= base64BodyMax ? inBase64(body) : null;
}

function countThatFits(texts: readonly string[]): number {
	let left = base64BodyMax - 2;
	return texts.findIndex((text) => {
		left -= Buffer.byteLength(text) + 1;
		return left < 0;
	});
}
