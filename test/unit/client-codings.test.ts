import { describe, expect, it } from "vitest";
import { gsm7Characters, gsm7Text } from "#shared/domain/message/gsm7.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { clientPart, partOctets } from "#smpp/clients/client-parts.ts";
import { codingOf, textOf } from "#smpp/clients/codings.ts";
import { statusOf } from "#smpp/clients/refusal-status.ts";
import { concatenationHeader, readConcatenation } from "#smpp/wire/concatenation.ts";
import { dataCodingOf } from "#smpp/wire/data-coding.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { bytesTlv, octetTlv } from "#smpp/wire/tlvs.ts";

const wide = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("a data_coding", () => {
	it.each([
		[0x00, "gsm7", null],
		[0x01, "ascii", null],
		[0x03, "latin1", null],
		[0x08, "ucs2", null],
		[0x10, "gsm7", 0],
		[0x11, "gsm7", 1],
		[0x18, "ucs2", 0],
		[0x1b, "ucs2", 3],
		[0xf0, "gsm7", 0],
		[0xf1, "gsm7", 1],
		[0xf2, "gsm7", 2],
		[0xf3, "gsm7", 3],
	])("of 0x%s gives an alphabet and a message class (A31, A47)", (dataCoding, alphabet, messageClass) => {
		expect(codingOf(dataCoding)).toEqual({ alphabet, messageClass });
	});

	it.each([
		["gsm7", null],
		["gsm7", 0],
		["gsm7", 2],
		["ucs2", null],
		["ucs2", 0],
		["ucs2", 3],
	] as const)("written for %s with message class %s is read back as the same", (alphabet, messageClass) => {
		expect(codingOf(dataCodingOf(alphabet, messageClass))).toEqual({ alphabet, messageClass });
	});

	it.each([0x02, 0x04, 0x05, 0x06, 0x07, 0x09, 0x0f, 0x14, 0x1c, 0x20, 0x30, 0x38, 0x80, 0xc0, 0xe0, 0xf4, 0xf8, 0xff])(
		"of %i is not supported",
		(dataCoding) => {
			expect(codingOf(dataCoding)).toBeNull();
		},
	);
});

describe("a message's octets", () => {
	it.each([
		["gsm7", Buffer.from([0x00, 0x1b, 0x65, 0x41]), "@€A"],
		["gsm7", Buffer.from([0x1b, 0x41, 0x1b]), "A "],
		["gsm7", Buffer.from([0x1b, 0x1b, 0x65]), " €"],
		["ascii", Buffer.from("@[^]"), "@[^]"],
		["latin1", Buffer.from([0x40, 0xe9]), "@é"],
		["ucs2", wide("Қазақ😀"), "Қазақ😀"],
		["ucs2", wide("😀").subarray(0, 2), "\ufffd"],
	] as const)("in %s are decoded to a text", (alphabet, octets, text) => {
		expect(textOf(octets, alphabet)).toBe(text);
	});

	it.each([
		["gsm7", Buffer.from([0xe9])],
		["gsm7", Buffer.from([0x1b, 0xe9])],
		["ascii", Buffer.from([0xe9])],
		["ucs2", Buffer.from([0x04])],
	] as const)("that are invalid in %s are refused", (alphabet, octets) => {
		expect(() => textOf(octets, alphabet)).toThrow(Refusal);
	});

	it("in GSM-7 are read back as they are written, for each character", () => {
		for (let code = 0; code < 0x10000; code += 1) {
			const character = String.fromCharCode(code);
			const septets = gsm7Characters(character)?.[0];
			if (septets !== undefined) expect(gsm7Text(Uint8Array.from(septets))).toBe(character);
		}
	});
});

function aPdu(esm_class: number, short_message: Buffer, sar?: readonly [number, number, number]): Pdu<"submit_sm"> {
	const [reference = 0, total = 0, number = 0] = sar ?? [];
	const octets = Buffer.alloc(2);
	octets.writeUInt16BE(reference);
	const tlvs = sar
		? [
				bytesTlv("sar_msg_ref_num", octets),
				octetTlv("sar_total_segments", total),
				octetTlv("sar_segment_seqnum", number),
			]
		: [];
	return { command: "submit_sm", fields: { esm_class, short_message }, tlvs } as unknown as Pdu<"submit_sm">;
}

const cut = (pdu: Pdu<"submit_sm">) => partOctets(pdu, pdu.fields.short_message);
const udhIndicator = (header: readonly number[], text: Buffer) => Buffer.concat([Uint8Array.from(header), text]);

describe("a part that a client split", () => {
	it.each([
		[0, 2, 1],
		[255, 255, 255],
		[256, 3, 2],
		[65_535, 2, 2],
	])("%i, %i, %i is read back as it is written", (reference, total, number) => {
		const header = concatenationHeader(reference, total, number);

		const read = readConcatenation(udhIndicator(header, Buffer.from("x")));

		expect(header).toHaveLength(reference < 256 ? 6 : 7);
		expect(read).toEqual({ position: { reference, total, number }, text: Buffer.from("x") });
	});

	it.each([
		["nothing", []],
		["a length past the end", [9, 0, 3, 1, 2, 1]],
		["part 0", [5, 0, 3, 1, 2, 0]],
		["part 3 of 2", [5, 0, 3, 1, 2, 3]],
		["an element of a wrong length", [5, 0, 2, 1, 2, 1]],
		["two elements", [11, 0, 3, 1, 2, 1, 5, 4, 1, 2, 3, 4]],
		["ports", [6, 5, 4, 0x0b, 0x84, 0x23, 0xf0]],
		["a cut one", [6, 8, 4, 1, 2, 3]],
	])("with a header of %s is refused", (_what, header) => {
		expect(readConcatenation(Buffer.from(header))).toBeNull();
		expect(() => cut(aPdu(0x40, Buffer.from(header)))).toThrow(expect.objectContaining({ code: "67" }));
	});

	it("is the same by SAR as by a header, with a reference of one octet", () => {
		expect(cut(aPdu(0, Buffer.from("x"), [0x1234, 3, 2])).position).toEqual({ reference: 0x34, total: 3, number: 2 });
		expect(() => cut(aPdu(0, Buffer.from("x"), [1, 2, 3]))).toThrow(expect.objectContaining({ code: "196" }));
	});

	it("is not a part when it is the only one, or when SAR is incomplete", () => {
		expect(cut(aPdu(0, Buffer.from("x"), [1, 1, 1])).position).toBeNull();
		expect(cut(aPdu(0x40, Buffer.from([5, 0, 3, 1, 1, 1, 0x41])))).toEqual({
			octets: Buffer.from("A"),
			position: null,
		});
		expect(
			partOctets({ ...aPdu(0, Buffer.from("x")), tlvs: [octetTlv("sar_total_segments", 2)] }, Buffer.from("x"))
				.position,
		).toBeNull();
	});

	const position = { reference: 1, total: 2, number: 1 };
	const far = { ...position, reference: 256 };

	it.each([
		["gsm7", position, Buffer.alloc(153, 0x41), true],
		["gsm7", position, Buffer.alloc(154, 0x41), false],
		["gsm7", far, Buffer.alloc(152, 0x41), true],
		["gsm7", far, Buffer.alloc(153, 0x41), false],
		["ucs2", position, wide("ж".repeat(67)), true],
		["ucs2", position, wide("ж".repeat(68)), false],
		["ucs2", far, wide("ж".repeat(66)), true],
		["ucs2", far, wide("ж".repeat(67)), false],
		["latin1", position, Buffer.alloc(140, 0x41), true],
		["latin1", position, Buffer.alloc(67, 0xe7), true],
		["latin1", position, Buffer.alloc(68, 0xe7), false],
	] as const)("in %s fits into one segment or is refused (A30)", (alphabet, where, octets, fits) => {
		const made = () => clientPart({ octets, position: where }, alphabet);

		if (fits) expect(made()).toMatchObject(where);
		else expect(made).toThrow(expect.objectContaining({ code: "1" }));
	});
});

describe("a refusal by SMPP", () => {
	it.each([
		["1", 1],
		["6", 6],
		["8", 8],
		["10", 10],
		["11", 11],
		["12", 12],
		["20", 20],
		["51", 51],
		["52", 52],
		["66", 66],
		["67", 67],
		["88", 88],
		["97", 97],
		["10012", 97],
		["98", 98],
		["195", 195],
		["22", 69],
		["23", 69],
		["24", 69],
		["25", 69],
		["30", 69],
		["34", 69],
		["37", 69],
		[null, 69],
	] as const)("with code %s has command_status %i (A7, A47)", (code, status) => {
		expect(statusOf(new Refusal(code))).toBe(status);
	});
});
