import { gsm7Text } from "#shared/domain/message/gsm7.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import type { Encoding } from "#shared/domain/message/segments.ts";
import { type DataCoding, readDataCoding } from "#smpp/wire/data-coding.ts";

const alphabets = ["gsm7", "ascii", "latin1", "ucs2"] as const;
export type ClientAlphabet = (typeof alphabets)[number];

export type Coding = Pick<DataCoding, "messageClass"> & { readonly alphabet: ClientAlphabet };

/** Null for what this gateway does not accept: binary, compressed, other alphabets, instructions to the handset. */
export function codingOf(dataCoding: number): Coding | null {
	const coding = readDataCoding(dataCoding);
	const alphabet = alphabets.find((one) => one === coding?.alphabet);
	return coding?.isPlain && alphabet !== undefined ? { alphabet, messageClass: coding.messageClass } : null;
}

const decoders = {
	gsm7: (octets) => gsm7Text(octets),
	ascii: (octets) => (octets.some((octet) => octet > 0x7f) ? null : octets.toString("latin1")),
	latin1: (octets) => octets.toString("latin1"),
	ucs2: (octets) => (octets.length % 2 === 0 ? Buffer.from(octets).swap16().toString("utf16le") : null),
} as const satisfies Record<ClientAlphabet, (octets: Buffer) => string | null>;

/**
 * Decodes a text. An unpaired surrogate becomes U+FFFD.
 * @throws Refusal if the octets are not valid in that alphabet.
 */
export function textOf(octets: Buffer, alphabet: ClientAlphabet): string {
	const text = decoders[alphabet](octets);
	if (text !== null) return text.toWellFormed();
	if (alphabet === "ucs2")
		throw new Refusal("1", { field: "short_message", detail: "UCS-2 needs an even number of octets" });
	throw new Refusal("69", {
		field: "short_message",
		detail: "an octet above 127 is not a character of this data_coding",
	});
}

/** Encodings in which a part is submitted unchanged. Parts in other alphabets are decoded first. */
export const passThroughEncodings: Readonly<Partial<Record<ClientAlphabet, Encoding<"gsm7">>>> = {
	gsm7: "gsm7",
	ucs2: "ucs2",
};
