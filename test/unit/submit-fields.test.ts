import { describe, expect, it } from "vitest";
import { segmentsOf } from "#shared/domain/client-part.ts";
import type { Message } from "#shared/domain/message.ts";
import { segmentText } from "#shared/domain/segments.ts";
import { submitFields } from "#smpp/operators/submit-fields.ts";
import { aMessage } from "#test/fakes/builders.ts";

const fieldsOf = (parts: Partial<Message>, index = 0) => {
	const message = aMessage(parts);
	return submitFields(message, segmentsOf(message), index);
};

describe("a segment as a submit_sm", () => {
	it.each([
		[{ reference: 7, total: 3, number: 2, encoding: "gsm7" }, 0x00, "050003070302"],
		[{ reference: 0x1234, total: 2, number: 1, encoding: "ucs2" }, 0x08, "06080412340201"],
	] as const)(
		"that its client cut keeps the client's reference, place and octets (A47)",
		(part, data_coding, header) => {
			const octets = Buffer.from("0434d83d", "hex");

			expect(fieldsOf({ text: "д\ufffd", part: { ...part, octets: octets.toString("base64") } })).toMatchObject({
				esm_class: 0x40,
				data_coding,
				short_message: Buffer.concat([Buffer.from(header, "hex"), octets]),
			});
		},
	);

	it("has its text alone where it is the only one", () => {
		expect(fieldsOf({ text: "hello {" })).toMatchObject({
			esm_class: 0,
			data_coding: 0,
			short_message: Buffer.from([...Buffer.from("hello "), 0x1b, 0x28]),
			dest_addr_ton: 1,
			dest_addr_npi: 1,
			destination_addr: "77010000000",
			registered_delivery: 1,
		});
	});

	it("is UCS-2, big-endian, where GSM-7 lacks a character", () => {
		expect(fieldsOf({ text: "Ω тест" })).toMatchObject({
			data_coding: 8,
			short_message: Buffer.from("03a900200442043504410442", "hex"),
		});
	});

	it.each([
		["hello", false, 0x00],
		["hello", true, 0x10],
		["тест", false, 0x08],
		["тест", true, 0x18],
	])("of %s with flash %s has data_coding %i (R21, A31)", (text, flash, dataCoding) => {
		expect(fieldsOf({ text, flash }).data_coding).toBe(dataCoding);
	});

	it("begins with its header where there are several: reference, parts and place", () => {
		const parts = { text: "x".repeat(400), messageId: 0x1_2345_67ab };

		const headers = [0, 1, 2].map((index) => [...fieldsOf(parts, index).short_message.subarray(0, 6)]);

		expect(headers).toEqual([
			[5, 0, 3, 0xab, 3, 1],
			[5, 0, 3, 0xab, 3, 2],
			[5, 0, 3, 0xab, 3, 3],
		]);
		expect(fieldsOf(parts).esm_class).toBe(0x40);
	});

	it.each(["x".repeat(1_500), "ж".repeat(1_500), "€".repeat(1_500)])(
		"is at most as long as a short message may be, header and all",
		(text) => {
			const { segments } = segmentText(text);

			const lengths = segments.map((_, index) => fieldsOf({ text }, index).short_message.length);

			expect(Math.max(...lengths)).toBeLessThanOrEqual(text[0] === "ж" ? 140 : 159);
			expect(segments.length).toBeLessThanOrEqual(255);
		},
	);

	it.each([
		["SMSGW", 5, 0],
		["7 Days", 5, 0],
		["9090", 3, 0],
		["77010000000", 1, 1],
	])("comes from %s as TON %i and NPI %i", (sender, ton, npi) => {
		expect(fieldsOf({ sender })).toMatchObject({ source_addr: sender, source_addr_ton: ton, source_addr_npi: npi });
	});

	it("tells the SMSC when the message expires, in UTC (A20)", () => {
		const expiresAt = Date.parse("2026-11-24T06:07:08.999Z");

		expect(fieldsOf({ expiresAt }).validity_period).toBe("261124060708000+");
	});

	it("hands on its priority (R18)", () => {
		expect([0, 1, 2, 3].map((priority) => fieldsOf({ priority: priority as 0 }).priority_flag)).toEqual([0, 1, 2, 3]);
	});
});
