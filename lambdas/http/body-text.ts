import { TextDecoder } from "node:util";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";
import { tooLarge } from "./responses.ts";

/** The limit of the decoded body (A25): a Lambda event may have 6 MB, base64 included. */
const bytesMax = 4 * 1_024 * 1_024;

const charsetParameter = /;\s*charset\s*=\s*["']?([^"';,\s]+)/i;

/** What Node's decoder does not know by this name, or knows as another encoding. */
const aliases: Readonly<Record<string, string>> = { ascii: "utf-8", "us-ascii": "utf-8", utf8mb4: "utf-8" };

const lostCharacter = "\ufffd";

/**
 * The text of the body, by the charset that Content-Type names, or else UTF-8 (A45).
 * @throws HttpProblem 413; Refusal if the body is not valid in its charset.
 */
export function bodyText({ body = "", isBase64Encoded, headers }: Event): string {
	if (Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8") > bytesMax) throw tooLarge(bytesMax);
	const charset = charsetParameter.exec(headers["content-type"] ?? "")?.[1]?.toLowerCase() ?? "utf-8";
	if (isBase64Encoded) return decodedText(Buffer.from(body, "base64"), charset);
	/* API Gateway passes a body as text only if it is in UTF-8 by its type, and then replaces invalid octets. */
	if (body.includes(lostCharacter)) throw invalid(charset);
	return body.startsWith("\ufeff") ? body.slice(1) : body;
}

function decodedText(octets: Buffer, charset: string): string {
	try {
		return decoderOf(octets, charset).decode(octets);
	} catch (error) {
		if (error instanceof RangeError) throw unknown(charset);
		throw invalid(charset);
	}
}

/** The byte order mark says which UTF-16 it is; without one it is little-endian, as in browsers. */
function decoderOf(octets: Buffer, charset: string): TextDecoder {
	const isBigEndian = charset === "utf-16" && octets[0] === 0xfe && octets[1] === 0xff;
	return new TextDecoder(isBigEndian ? "utf-16be" : (aliases[charset] ?? charset), { fatal: true });
}

const invalid = (charset: string) =>
	new Refusal(null, {
		detail: `The request body is not valid ${charset} text: name its charset in Content-Type, or send UTF-8 without U+FFFD`,
	});

const unknown = (charset: string) =>
	new Refusal(null, { detail: `The charset ${charset.slice(0, 40)} of the request body is not supported: use UTF-8` });
