import { TextDecoder } from "node:util";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Event } from "./http-handler.ts";
import { tooLarge } from "./responses.ts";

/** The limit of the decoded body (A25): a Lambda event may have 6 MB, base64 included. */
export const bodyBytesMax = 4 * 1_024 * 1_024;

const charsetParameter = /;\s*charset\s*=\s*["']?([^"';,\s]+)/i;

/** Encodings by their names without signs: what Node's decoder does not know by these names, or knows as another one. */
const encodings: readonly (readonly [names: RegExp, encoding: string])[] = [
	[/^(?:us)?ascii$|^utf8(?:sig|mb[34])?$/, "utf-8"],
	[/^utf16([bl]e)?$/, "utf-16$1"],
	[/^(?:windows|win|x?cp)?(125\d)$/, "windows-$1"],
	[/^iso8859(\d+)$/, "iso-8859-$1"],
	[/^koi8([ru])$/, "koi8-$1"],
];

/** Encodings whose letters are the octets of other characters in UTF-8, or of none. */
const refusedCharsets = /utf7$|^hz|iso2022(?!jp$)|^xuserdefined$/;

const compactName = (charset: string) => charset.replace(/[^a-z\d]/g, "");

const lostCharacter = "\ufffd";

/**
 * The text of the body, by the charset that Content-Type names, or else UTF-8 (A45). An unknown name does not matter if the
 * body is valid UTF-8.
 * @throws HttpProblem 413; Refusal if the body is not valid in its charset.
 */
export function bodyText({ body = "", isBase64Encoded, headers }: Event): string {
	if (Buffer.byteLength(body, isBase64Encoded ? "base64" : "utf8") > bodyBytesMax) throw tooLarge(bodyBytesMax);
	const charset = charsetParameter.exec(headers["content-type"] ?? "")?.[1]?.toLowerCase() ?? "utf-8";
	if (isBase64Encoded) return decodedText(Buffer.from(body, "base64"), charset);
	/* API Gateway passes a body as text only if it is in UTF-8 by its type, and then replaces invalid octets. */
	if (body.includes(lostCharacter)) throw invalid(charset);
	return body.startsWith("\ufeff") ? body.slice(1) : body;
}

function decodedText(octets: Buffer, charset: string): string {
	if (refusedCharsets.test(compactName(charset))) throw unknown(charset);
	const encoding = encodingOf(octets, charset);
	try {
		return new TextDecoder(encoding ?? "utf-8", { fatal: true }).decode(octets);
	} catch {
		throw encoding === null ? unknown(charset) : invalid(charset);
	}
}

/** Null if it is unknown. The byte order mark says which UTF-16 it is; without one it is little-endian, as in browsers. */
function encodingOf(octets: Buffer, charset: string): string | null {
	const compact = compactName(charset);
	const [names, known] = encodings.find(([pattern]) => pattern.test(compact)) ?? [];
	const name = names === undefined || known === undefined ? charset : compact.replace(names, known);
	if (name === "utf-16" && octets[0] === 0xfe && octets[1] === 0xff) return "utf-16be";
	return isKnown(name) ? name : null;
}

function isKnown(name: string): boolean {
	try {
		return new TextDecoder(name) !== null;
	} catch {
		return false;
	}
}

const invalid = (charset: string) =>
	new Refusal(null, {
		detail: `The request body is not valid ${charset} text: name its charset in Content-Type, or send UTF-8 without U+FFFD`,
	});

const unknown = (charset: string) =>
	new Refusal(null, { detail: `The charset ${charset.slice(0, 40)} of the request body is not supported: send UTF-8` });
