import type { Encoding } from "#shared/domain/message/segments.ts";

/** How octets are read. GSM-7 has one septet in each octet; `binary` is 8-bit data. */
export type WireAlphabet = "gsm7" | "ascii" | "latin1" | "cyrillic" | "ucs2" | "binary";

export type DataCoding = {
	readonly alphabet: WireAlphabet;
	/** 0 to 3, null for none. Of class 0, a handset shows the message at once (A31). */
	readonly messageClass: number | null;
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

const classOf = (dataCoding: number) => dataCoding & 0x03;
const gsmAlphabet = (dataCoding: number) => gsmAlphabets[(dataCoding >> 2) & 0x03];
const messageWaits =
	(alphabet: WireAlphabet): Group =>
	() => ({ alphabet, messageClass: null, isPlain: false });

/** By the first four bits. Other groups are compressed or reserved. */
const groups: Readonly<Record<number, Group>> = {
	0: (coding) => ({ alphabet: smppAlphabets[coding], messageClass: null, isPlain: true }),
	1: (coding) => ({ alphabet: gsmAlphabet(coding), messageClass: classOf(coding), isPlain: true }),
	4: (coding) => ({ alphabet: gsmAlphabet(coding), messageClass: null, isPlain: false }),
	5: (coding) => ({ alphabet: gsmAlphabet(coding), messageClass: classOf(coding), isPlain: false }),
	12: messageWaits("gsm7"),
	13: messageWaits("gsm7"),
	14: messageWaits("ucs2"),
	15: (coding) => ({
		alphabet: (coding & 0x04) === 0 ? "gsm7" : "binary",
		messageClass: classOf(coding),
		isPlain: (coding & 0x08) === 0,
	}),
};

/** Null for compressed messages and reserved values. */
export function readDataCoding(dataCoding: number): DataCoding | null {
	const coding = groups[dataCoding >> 4]?.(dataCoding);
	return coding?.alphabet === undefined ? null : { ...coding, alphabet: coding.alphabet };
}

/** For a text in the receiver's default alphabet or in UCS-2. @param messageClass 0 for a flash message (A31). */
export function dataCodingOf(encoding: Encoding, messageClass: number | null = null): number {
	return (encoding === "ucs2" ? 0x08 : 0x00) | (messageClass === null ? 0x00 : 0x10 | messageClass);
}
