import { describe, expect, it } from "vitest";
import { splitPdus } from "#smpp/wire/framing.ts";
import { rawPdu } from "./smpp-samples.ts";

const nothing = Buffer.alloc(0);

describe("a stream of PDUs", () => {
	it("is split where each PDU ends", () => {
		const split = splitPdus(nothing, Buffer.concat([rawPdu(0x15), rawPdu(4, "abc"), rawPdu(6).subarray(0, 9)]));

		expect(split.pdus).toEqual([rawPdu(0x15), rawPdu(4, "abc")]);
		expect(split.remainder).toEqual(rawPdu(6).subarray(0, 9));
	});

	it("gives no incomplete PDU", () => {
		expect(splitPdus(nothing, rawPdu(4, "abc").subarray(0, 18)).pdus).toEqual([]);
	});

	it.each([0, 1, 4, 8, 15, 70_001, 0xffffffff])("has a bad length at a command_length of %i", (length) => {
		const bad = Buffer.alloc(16);
		bad.writeUInt32BE(length, 0);

		const split = splitPdus(nothing, Buffer.concat([rawPdu(0x15), bad]));

		expect(split.pdus).toEqual([rawPdu(0x15)]);
		expect(split.badLength).toBe(length);
	});

	it("is recognised as HTTP at its fourth octet", () => {
		expect(splitPdus(nothing, Buffer.from("GET ")).badLength).toBe(0x47455420);
	});

	it.each([16, 16_385, 70_000])("may have a PDU of %i octets", (length) => {
		expect(splitPdus(nothing, rawPdu(4, Buffer.alloc(length - 16))).pdus[0]).toHaveLength(length);
	});
});
