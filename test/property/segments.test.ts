import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { submitStyle } from "#shared/contracts/smscs.ts";
import { alphabets, segmentText } from "#shared/domain/message/segments.ts";
import { submitOf } from "#smpp/operators/submit-fields.ts";
import { aMessage } from "#test/fakes/builders.ts";

/** Written here by hand, not taken from the code under test: 3GPP TS 23.038, sections 6.2.1 and 6.2.1.1. */
const basic =
	"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u0000ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extended = new Map(
	[..."\f^{}\\[~]|€"].map((one, index) => [[10, 20, 40, 41, 47, 60, 61, 62, 64, 101][index], one]),
);

/** Reads a segment's septets. An escape must be followed by its code. */
function fromGsm7(octets: Uint8Array): string {
	let text = "";
	for (let index = 0; index < octets.length; index += 1) {
		const code = octets[index] ?? Number.NaN;
		if (code === 0x1b) index += 1;
		text += code === 0x1b ? (extended.get(octets[index]) ?? "\ufffd") : (basic[code] ?? "\ufffd");
	}
	return text;
}

const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString("latin1");

const decoders = {
	gsm7: fromGsm7,
	latin1,
	ascii: latin1,
	ucs2: (octets: Uint8Array) => new TextDecoder("utf-16be", { fatal: true, ignoreBOM: true }).decode(octets),
};

const gsm7Text = fc.string({
	unit: fc.constantFrom(...[...basic].filter((one) => one !== "\u0000"), ...extended.values()),
	maxLength: 1_500,
	size: "max",
});
const escapes = fc.string({ unit: fc.constantFrom("x", "€", "["), maxLength: 700, size: "max" });
const ucs2Text = fc.string({
	unit: fc.constantFrom("ж", "қ", "x", "😀", "€", "\ufeff", "e\u0301"),
	minLength: 1,
	maxLength: 600,
	size: "max",
});
const anyText = fc.string({ unit: "binary", maxLength: 400, size: "max" }).map((text) => text.toWellFormed());

function joined(text: string, alphabet: (typeof alphabets)[number]): string {
	const { encoding, segments } = segmentText(text, alphabet);
	return segments.map((segment) => decoders[encoding](segment)).join("");
}

describe("a text split into segments", () => {
	it.each([
		["in the default alphabet", gsm7Text],
		["full of escape pairs", escapes],
		["in UCS-2 with surrogate pairs", ucs2Text],
		["of any characters", anyText],
	])("gives back a text %s, and no segment splits a character (A30)", (_, texts) => {
		fc.assert(
			fc.property(texts, fc.constantFrom(...alphabets), (text, alphabet) => {
				expect(joined(text, alphabet)).toBe(text);
			}),
			{ numRuns: 300 },
		);
	});

	it("has segments that fit, and no more of them than it needs (A30)", () => {
		fc.assert(
			fc.property(fc.oneof(gsm7Text, ucs2Text), (text) => {
				const { encoding, segments } = segmentText(text);
				const [alone, together, longest] = encoding === "gsm7" ? [160, 153, 2] : [140, 134, 4];
				const octets = segments.reduce((sum, { length }) => sum + length, 0);

				expect(segments.every(({ length }) => length <= (segments.length === 1 ? alone : together))).toBe(true);
				expect(segments.length === 1).toBe(octets <= alone);
				expect(segments.slice(0, -1).every(({ length }) => length > together - longest)).toBe(true);
			}),
			{ numRuns: 300 },
		);
	});

	it("in an SMSC's own alphabet has only characters of GSM-7 too, and is cut where GSM-7 would be (A30)", () => {
		const own = fc.constantFrom("latin1", "ascii");
		fc.assert(
			fc.property(fc.oneof(gsm7Text, escapes), own, (text, alphabet) => {
				const [sent, onAir] = [segmentText(text, alphabet), segmentText(text)];
				const has = [...text].every((one) => one.charCodeAt(0) <= (alphabet === "ascii" ? 0x7f : 0xff));

				expect(sent.encoding).toBe(has ? alphabet : "ucs2");
				if (!has) return;
				const read = sent.segments.map((segment) => latin1(segment));
				expect(read).toEqual(onAir.segments.map((segment) => fromGsm7(segment)));
			}),
			{ numRuns: 300 },
		);
	});

	it("fits a submit_sm, whatever the text and flash", () => {
		fc.assert(
			fc.property(fc.oneof(gsm7Text, ucs2Text), fc.boolean(), fc.constantFrom("udh", "sar"), (text, flash, long) => {
				const message = aMessage({ text, flash });
				const segmented = segmentText(text);
				const style = submitStyle.parse({ long_messages: long });

				const all = segmented.segments.map(
					(_, index) => submitOf({ message, text: segmented, index, style, now: 0 }).fields,
				);

				expect(all.every(({ short_message }) => short_message.length <= 160)).toBe(true);
				expect(new Set(all.map(({ data_coding }) => data_coding)).size).toBe(1);
			}),
			{ numRuns: 100 },
		);
	});
});
