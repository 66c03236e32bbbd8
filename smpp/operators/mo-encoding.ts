import type { MoEncoding } from "#shared/domain/incoming/mo-part.ts";

/** Section 5.2.19: the codings that are numbers of SMPP's own. ASCII is Latin-1's first half. */
const codings: Readonly<Record<number, MoEncoding>> = { 0: "gsm7", 1: "latin1", 3: "latin1", 6: "cyrillic", 8: "ucs2" };

/** How two bits name the alphabet in the groups that GSM defines (3GPP TS 23.038, section 4); 8-bit data is read as Latin-1. */
const alphabets = ["gsm7", "latin1", "ucs2", null] as const;

/** How a text with this data_coding is to be read, or null: it does not say. */
export function moEncoding(dataCoding: number): MoEncoding | null {
	const group = dataCoding >> 4;
	if (group === 0) return codings[dataCoding] ?? null;
	/* General data coding, flash among it. Every second pair of these groups is compressed. */
	if (group < 8) return (dataCoding & 0x20) === 0 ? (alphabets[(dataCoding >> 2) & 3] ?? null) : null;
	/* A message waits: to be discarded, to be stored, the same in UCS-2. */
	if (group === 0xc || group === 0xd) return "gsm7";
	if (group === 0xe) return "ucs2";
	if (group === 0xf) return (dataCoding & 4) === 0 ? "gsm7" : "latin1";
	return null;
}
