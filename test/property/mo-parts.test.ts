import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstCharacters } from "#shared/domain/incoming/incoming-message.ts";
import type { MoEncoding } from "#shared/domain/incoming/mo-part.ts";
import { joinedMessage, type PartialMessage, withPart } from "#shared/domain/incoming/mo-reassembly.ts";
import { gsm7Characters } from "#shared/domain/message/gsm7.ts";
import { anMoPart } from "#test/fakes/builders.ts";

const times = { now: 0, waitMs: 1_000 };

const octetsOf: Readonly<Record<MoEncoding, (text: string) => Buffer>> = {
	gsm7: (text) => Buffer.from(gsm7Characters(text)?.flat() ?? []),
	latin1: (text) => Buffer.from(text, "latin1"),
	cyrillic: (text) => Buffer.from([...text].map((letter) => letter.charCodeAt(0) - 0x360)),
	ucs2: (text) => Buffer.from(text, "utf16le").swap16(),
};

const alphabets: Readonly<Record<MoEncoding, readonly string[]>> = {
	gsm7: [..."abc €{}[]~^|\\£Δ@"],
	latin1: [..."abc éÿ¿"],
	cyrillic: [..."абвёяЖЯ"],
	ucs2: [..."aяә€", "🐫", "😀"],
};

const aText = fc.constantFrom<MoEncoding>("gsm7", "latin1", "cyrillic", "ucs2").chain((encoding) =>
	fc.record({
		encoding: fc.constant(encoding),
		text: fc
			.array(fc.constantFrom(...alphabets[encoding]), { minLength: 4, maxLength: 300, size: "max" })
			.map((letters) => letters.join("")),
		cuts: fc.array(fc.nat(600), { minLength: 1, maxLength: 9 }),
		order: fc.infiniteStream(fc.nat()),
	}),
);

describe("a text that is split into parts", () => {
	it("is joined again, wherever it is split, in any order of parts, and with repeated parts (A48)", () => {
		fc.assert(
			fc.property(aText, ({ encoding, text, cuts, order }) => {
				const octets = octetsOf[encoding](text);
				const ends = [...new Set(cuts.map((cut) => 1 + (cut % (octets.length - 1))))].sort((one, other) => one - other);
				const bounds = [0, ...ends, octets.length];
				const total = bounds.length - 1;
				const parts = bounds.slice(1).map((end, index) =>
					anMoPart({
						encoding,
						octets: octets.subarray(bounds[index], end).toString("base64"),
						place: { reference: 1, total, sequence: index + 1 },
					}),
				);
				const repeated = [...parts, ...parts.map((part) => ({ ...part, partId: part.partId + 1 }))];
				const shuffled = repeated
					.map((part) => ({ part, at: Number(order.next().value) }))
					.sort((one, other) => one.at - other.at)
					.map(({ part }) => part);

				const partials = shuffled.reduce<readonly PartialMessage[]>((known, part) => withPart(known, part, times), []);

				expect(partials.map(({ closed }) => closed)).toEqual([true]);
				const [first, ...others] = partials[0]?.parts ?? [];
				expect(first && joinedMessage(1, [first, ...others])).toMatchObject({ text, segmentCount: total });
			}),
		);
	});
});

describe("the beginning of a text", () => {
	it("has the given number of characters, none of them cut (R41, A48)", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.nat(70), (text, max) => {
				expect(firstCharacters(text, max)).toBe([...text].slice(0, max).join(""));
			}),
		);
	});
});
