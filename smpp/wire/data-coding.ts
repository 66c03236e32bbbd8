import type { Encoding } from "#shared/domain/message/segments.ts";

/** How octets are read. GSM-7 has one septet in each octet; `binary` is 8-bit data. */
export type WireAlphabet = "gsm7" | "ascii" | "latin1" | "cyrillic" | "ucs2" | "binary";

export type DataCoding = {
	readonly alphabet: WireAlphabet;
	/** Message class 0: a handset shows the message at once (A31). */
	readonly flash: boolean;
	/** False if it also instructs the handset: to delete the message later, or to show that another message waits. */
	readonly isPlain: boolean;
};

/** SMPP's own values (section 5.2.19). */
const smppAlphabets: Readonly<Record<number, WireAlphabet>> = {
	0: "gsm7",
	1: "ascii",
	3: "latin1",
	6: "cyrillic",
	8: "ucs2",
};

/** By two bits, in GSM's general groups (3GPP TS 23.038, section 4). */
const gsmAlphabets = ["gsm7", "binary", "ucs2", undefined] as const;

type Group = (dataCoding: number) => Omit<DataCoding, "alphabet"> & { readonly alphabet: WireAlphabet | undefined };

const isClass0 = (dataCoding: number) => (dataCoding & 0x03) === 0;
const gsmAlphabet = (dataCoding: number) => gsmAlphabets[(dataCoding >> 2) & 0x03];
const messageWaits =
	(alphabet: WireAlphabet): Group =>
	() => ({ alphabet, flash: false, isPlain: false });

/** By the first four bits. Other groups are compressed or reserved. */
const groups: Readonly<Record<number, Group>> = {
	0: (coding) => ({ alphabet: smppAlphabets[coding], flash: false, isPlain: true }),
	1: (coding) => ({ alphabet: gsmAlphabet(coding), flash: isClass0(coding), isPlain: true }),
	4: (coding) => ({ alphabet: gsmAlphabet(coding), flash: false, isPlain: false }),
	5: (coding) => ({ alphabet: gsmAlphabet(coding), flash: isClass0(coding), isPlain: false }),
	12: messageWaits("gsm7"),
	13: messageWaits("gsm7"),
	14: messageWaits("ucs2"),
	15: (coding) => ({
		alphabet: (coding & 0x04) === 0 ? "gsm7" : "binary",
		flash: isClass0(coding),
		isPlain: (coding & 0x08) === 0,
	}),
};

/** Null for compressed messages and reserved values. */
export function readDataCoding(dataCoding: number): DataCoding | null {
	const coding = groups[dataCoding >> 4]?.(dataCoding);
	return coding?.alphabet === undefined ? null : { ...coding, alphabet: coding.alphabet };
}

/** For a text in the receiver's default alphabet or in UCS-2, with class 0 if it is a flash message (A31). */
export function dataCodingOf(encoding: Encoding, flash = false): number {
	return (encoding === "ucs2" ? 0x08 : 0x00) | (flash ? 0x10 : 0x00);
}
