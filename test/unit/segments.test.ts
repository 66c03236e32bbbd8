import { describe, expect, it } from "vitest";
import { segmentText } from "#shared/domain/message/segments.ts";

const lengths = (text: string) => segmentText(text).segments.map((segment) => segment.length);

describe("a text split into segments", () => {
	it.each([
		["x", 160, [160]],
		["x", 161, [153, 8]],
		["x", 306, [153, 153]],
		["x", 307, [153, 153, 1]],
		["x", 1_500, [...Array(9).fill(153), 123]],
		["€", 80, [160]],
		["€", 81, [152, 10]],
	])(
		"in the default alphabet, %s × %i, has 160 characters, or 153 in each of several segments (A30)",
		(character, times, expected) => {
			const text = character.repeat(times);

			expect(segmentText(text).encoding).toBe("gsm7");
			expect(lengths(text)).toEqual(expected);
		},
	);

	it.each([
		["ж", 70, [140]],
		["ж", 71, [134, 8]],
		["ж", 134, [134, 134]],
		["ж", 135, [134, 134, 2]],
		["ж", 1_500, [...Array(22).fill(134), 52]],
		["😀", 35, [140]],
		["😀", 36, [132, 12]],
	])("in UCS-2, %s × %i, has 70 characters, or 67 in each of several segments (A30)", (character, times, expected) => {
		const text = character.repeat(times);

		expect(segmentText(text).encoding).toBe("ucs2");
		expect(lengths(text)).toEqual(expected);
	});

	it("is never cut within an escape pair (A30)", () => {
		const [first, second] = segmentText(`${"x".repeat(152)}€${"x".repeat(20)}`).segments;

		expect(first).toHaveLength(152);
		expect([...(second ?? [])].slice(0, 2)).toEqual([0x1b, 0x65]);
	});

	it("is never cut within a surrogate pair (A30)", () => {
		const [first, second] = segmentText(`${"ж".repeat(66)}😀${"ж".repeat(20)}`).segments;

		expect(first).toHaveLength(132);
		expect([...(second ?? [])].slice(0, 4)).toEqual([0xd8, 0x3d, 0xde, 0x00]);
	});

	it("has one empty segment when it is empty", () => {
		expect(segmentText("")).toEqual({ encoding: "gsm7", segments: [new Uint8Array()] });
	});

	it.each(["`", "ё", "қ", "’", "–", "\t", "\u001b", "ç", "e\u0301"])(
		"is UCS-2 with a single %j, which GSM-7 lacks",
		(one) => {
			expect(segmentText(`abc${one}`).encoding).toBe("ucs2");
		},
	);

	it.each([
		["@", [0x00]],
		["£", [0x01]],
		["$", [0x02]],
		["¥", [0x03]],
		["\n", [0x0a]],
		["\r", [0x0d]],
		["Δ", [0x10]],
		["_", [0x11]],
		["Ξ", [0x1a]],
		["Æ", [0x1c]],
		["É", [0x1f]],
		[" ", [0x20]],
		["¤", [0x24]],
		["¡", [0x40]],
		["A", [0x41]],
		["Z", [0x5a]],
		["§", [0x5f]],
		["¿", [0x60]],
		["a", [0x61]],
		["z", [0x7a]],
		["à", [0x7f]],
		["\f", [0x1b, 0x0a]],
		["^", [0x1b, 0x14]],
		["{", [0x1b, 0x28]],
		["\\", [0x1b, 0x2f]],
		["[", [0x1b, 0x3c]],
		["~", [0x1b, 0x3d]],
		["]", [0x1b, 0x3e]],
		["|", [0x1b, 0x40]],
		["€", [0x1b, 0x65]],
	])("has %j at its place in 3GPP TS 23.038", (character, septets) => {
		expect([...(segmentText(character).segments[0] ?? [])]).toEqual(septets);
	});
});
