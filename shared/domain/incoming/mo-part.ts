import { gsm7Text } from "../message/gsm7.ts";
import type { Operator } from "../message/operators.ts";

/** The encoding of the octets of an MO message. GSM-7 has one septet in each octet. */
export const moEncodings = ["gsm7", "latin1", "cyrillic", "ucs2"] as const;
export type MoEncoding = (typeof moEncodings)[number];

/** What the parts of one message have in common. References repeat, so they alone do not identify a message. */
export type PartGroup = {
	readonly operator: Operator;
	readonly sender: string;
	readonly recipient: string;
	readonly reference: number;
	readonly total: number;
};

/** A key of the group that is unambiguous whatever characters an address has. Part of a stored key. */
export function partGroupKey({ operator, sender, recipient, reference, total }: PartGroup): string {
	return JSON.stringify([operator, sender, recipient, reference, total]);
}

export type PartPlace = { readonly reference: number; readonly total: number; readonly sequence: number };

/** The content of one deliver_sm from a subscriber (MO): a whole message, or a part. */
export type MoPart = {
	/** Assigned on arrival, so it is the same however often the queue entry is received. */
	readonly partId: number;
	readonly operator: Operator;
	readonly sender: string;
	readonly recipient: string;
	readonly encoding: MoEncoding;
	/** The text in base64, decoded when the parts are joined: two parts may share a surrogate pair. */
	readonly octets: string;
	readonly place: PartPlace | null;
	readonly arrivedAt: number;
	/** When it was sent, if the SMSC says so; otherwise `arrivedAt` (A48). */
	readonly receivedAt: number;
};

/** The place, or null if the numbers make no sense or there is one part only. */
export function partPlaceOf(reference: number, total: number, sequence: number): PartPlace | null {
	return total > 1 && sequence >= 1 && sequence <= total ? { reference, total, sequence } : null;
}

const cyrillic = new TextDecoder("iso-8859-5");

const readers: Readonly<Record<MoEncoding, (octets: Buffer) => string>> = {
	/* Some SMSCs send Latin-1 as their default alphabet. Octets above 127 reveal it. */
	gsm7: (octets) => gsm7Text(octets) ?? octets.toString("latin1"),
	latin1: (octets) => octets.toString("latin1"),
	cyrillic: (octets) => cyrillic.decode(octets),
	ucs2: (octets) =>
		octets
			.subarray(0, octets.length & ~1)
			.swap16()
			.toString("utf16le"),
};

type Octets = Pick<MoPart, "encoding" | "octets" | "place">;

/** The text of parts in order. Neighbours of one encoding are decoded together; half a surrogate pair is replaced. */
export function textOfParts(parts: readonly Octets[]): string {
	const runs: { readonly encoding: MoEncoding; readonly octets: Buffer[]; next: number }[] = [];
	for (const { encoding, octets, place } of parts) {
		const sequence = place?.sequence ?? 1;
		const last = runs.at(-1);
		const bytes = Buffer.from(octets, "base64");
		if (last?.encoding === encoding && last.next === sequence) {
			last.octets.push(bytes);
			last.next += 1;
		} else runs.push({ encoding, octets: [bytes], next: sequence + 1 });
	}
	return runs
		.map(({ encoding, octets }) => readers[encoding](Buffer.concat(octets)))
		.join("")
		.toWellFormed();
}
