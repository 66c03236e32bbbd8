import { gsm7Text } from "../message/gsm7.ts";
import type { Operator } from "../message/operators.ts";

/** How octets of a subscriber's message are to be read. GSM-7 has one septet in each. */
export const moEncodings = ["gsm7", "latin1", "cyrillic", "ucs2"] as const;
export type MoEncoding = (typeof moEncodings)[number];

/** What parts of one message have in common: a reference alone comes again, from others and from the same subscriber. */
export type PartGroup = {
	readonly operator: Operator;
	readonly sender: string;
	readonly recipient: string;
	readonly reference: number;
	readonly total: number;
};

/** The same text for the same, whatever an SMSC lets into addresses. */
export function partGroupKey({ operator, sender, recipient, reference, total }: PartGroup): string {
	return JSON.stringify([operator, sender, recipient, reference, total]);
}

/** Which of a message's parts it is, from 1 to `total`. */
export type PartPlace = { readonly reference: number; readonly total: number; readonly sequence: number };

/** What one deliver_sm brought of a subscriber's message (MO): all of it, or a part. */
export type MoPart = {
	/** Its own, given to it when it arrived, and so the same however often its queue entry is received. */
	readonly partId: number;
	readonly operator: Operator;
	readonly sender: string;
	readonly recipient: string;
	readonly encoding: MoEncoding;
	/** Its text as it came, in base64: what two parts share between them, such as a surrogate pair, is read when they are joined. */
	readonly octets: string;
	/** Null: it is a message by itself. */
	readonly place: PartPlace | null;
	/** When it reached us. */
	readonly arrivedAt: number;
	/** When it was sent, where the SMSC says so; else when it reached us (A48). */
	readonly receivedAt: number;
};

/** A place that makes sense; null: a message by itself. */
export function partPlaceOf(reference: number, total: number, sequence: number): PartPlace | null {
	return total > 1 && sequence >= 1 && sequence <= total ? { reference, total, sequence } : null;
}

const cyrillic = new TextDecoder("iso-8859-5");

const readers: Readonly<Record<MoEncoding, (octets: Buffer) => string>> = {
	/* Some SMSCs send Latin-1 as their default: an octet that is no septet tells so. */
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

/** The text of parts in their order. Neighbours of one encoding are read together; whatever is half of a pair is replaced. */
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
