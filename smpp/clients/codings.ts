import { gsm7Text } from "#shared/domain/message/gsm7.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Encoding } from "#shared/domain/message/segments.ts";

/** How a short_message is to be read. */
export type Alphabet = "gsm7" | "ascii" | "latin1" | "ucs2";

/** What a data_coding says of its message (SMPP section 5.2.19). */
export type Coding = {
	readonly alphabet: Alphabet;
	/** Message class 0, which a handset shows at once (A31). */
	readonly flash: boolean;
};

/** SMPP's own values; the default alphabet of this gateway is GSM-7, one septet per octet. */
const plain: Readonly<Record<number, Alphabet>> = { 0: "gsm7", 1: "ascii", 3: "latin1", 8: "ucs2" };

/** The alphabet of GSM's general group with a class, 0001aacc (3GPP TS 23.038, section 4), by its two bits. */
const generalGroupAlphabets: Readonly<Record<number, Alphabet>> = { 0: "gsm7", 2: "ucs2" };

/** Null for what this gateway does not carry: binary, compressed and other alphabets' messages. */
export function codingOf(dataCoding: number): Coding | null {
	const alphabet = alphabetOf(dataCoding);
	return alphabet === null ? null : { alphabet, flash: dataCoding >= 0x10 && (dataCoding & 0x03) === 0 };
}

function alphabetOf(dataCoding: number): Alphabet | null {
	if (dataCoding < 0x10) return plain[dataCoding] ?? null;
	if (dataCoding < 0x20) return generalGroupAlphabets[(dataCoding >> 2) & 0x03] ?? null;
	/* Data coding and message class: 1111, then 0, then the default alphabet, then the class. */
	return dataCoding >= 0xf0 && dataCoding < 0xf4 ? "gsm7" : null;
}

const decoders = {
	gsm7: (octets) => gsm7Text(octets),
	ascii: (octets) => (octets.some((octet) => octet > 0x7f) ? null : octets.toString("latin1")),
	latin1: (octets) => octets.toString("latin1"),
	ucs2: (octets) => (octets.length % 2 === 0 ? Buffer.from(octets).swap16().toString("utf16le") : null),
} as const satisfies Record<Alphabet, (octets: Buffer) => string | null>;

/**
 * A message's text. Half a surrogate pair becomes U+FFFD, as by REST.
 * @throws Refusal where the octets are none of that alphabet.
 */
export function textOf(octets: Buffer, alphabet: Alphabet): string {
	const text = decoders[alphabet](octets);
	if (text !== null) return text.toWellFormed();
	if (alphabet === "ucs2")
		throw new Refusal("1", { field: "short_message", detail: "UCS-2 has an even number of octets" });
	throw new Refusal("69", { field: "short_message", detail: "an octet over 127 is no character of this data_coding" });
}

/** The encodings that a part may go out in as it came; the others are read as text first. */
export const passThroughEncodings: Readonly<Partial<Record<Alphabet, Encoding<"gsm7">>>> = {
	gsm7: "gsm7",
	ucs2: "ucs2",
};
