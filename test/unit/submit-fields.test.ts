import { describe, expect, it } from "vitest";
import { submitStyle } from "#shared/contracts/smscs.ts";
import { segmentsOf } from "#shared/domain/message/client-part.ts";
import type { Message } from "#shared/domain/message/message.ts";
import { segmentText } from "#shared/domain/message/segments.ts";
import { partsOf, submitOf } from "#smpp/operators/submit-fields.ts";
import { aMessage } from "#test/fakes/builders.ts";

const submitIn = (settings: object, parts: Partial<Message>, index = 0, now = 0) => {
	const message = aMessage(parts);
	const style = submitStyle.parse(settings);
	const text = segmentsOf(message, style.alphabet);
	return { ...submitOf({ message, text, index, style, now }), parts: partsOf(text, style) };
};
const fieldsOf = (parts: Partial<Message>, index = 0) => submitIn({}, parts, index).fields;

describe("the submit_sm of a segment", () => {
	it.each([
		[{ reference: 7, total: 3, number: 2, encoding: "gsm7" }, 0x00, "050003070302"],
		[{ reference: 0x1234, total: 2, number: 1, encoding: "ucs2" }, 0x08, "06080412340201"],
	] as const)(
		"that its client split keeps the client's reference, place and octets (A47)",
		(part, data_coding, header) => {
			const octets = Buffer.from("0434d83d", "hex");

			expect(fieldsOf({ text: "д\ufffd", part: { ...part, octets: octets.toString("base64") } })).toMatchObject({
				esm_class: 0x40,
				data_coding,
				short_message: Buffer.concat([Buffer.from(header, "hex"), octets]),
			});
		},
	);

	it("has only the text when it is the only one", () => {
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

	it("is UCS-2, big-endian, when GSM-7 lacks a character", () => {
		expect(fieldsOf({ text: "Ω тест" })).toMatchObject({
			data_coding: 8,
			short_message: Buffer.from("03a900200442043504410442", "hex"),
		});
	});

	it("has the settings of its SMSC for recipients, protocol_id, flash and optional parameters", () => {
		const settings = {
			destination: { ton: 2, npi: 8 },
			protocol_id: 64,
			flash: { gsm7: 240 },
			tlvs: [{ tag: "0x1401", hex: "00fF" }],
		};
		const { fields, tlvs } = submitIn(settings, { text: "hello", flash: true });

		expect(fields).toMatchObject({ dest_addr_ton: 2, dest_addr_npi: 8, protocol_id: 64, data_coding: 0xf0 });
		expect(tlvs).toEqual([{ tag: 0x1401, value: Buffer.from([0, 0xff]) }]);
		expect(submitIn(settings, { text: "тест", flash: true }).fields.data_coding).toBe(0x18);
		expect(submitIn(settings, { text: "hello" }).fields.data_coding).toBe(0);
	});

	it("may have message_payload and other optional parameters", () => {
		const settings = { long_messages: "payload", tlvs: [{ tag: "0x1401", hex: "" }] };

		expect(submitIn(settings, { text: "x".repeat(200) }).tlvs.map(({ tag }) => tag)).toEqual([0x0424, 0x1401]);
	});

	it.each([
		["hello", false, 0x00],
		["hello", true, 0x10],
		["тест", false, 0x08],
		["тест", true, 0x18],
	])("of %s with flash %s has data_coding %i (R21, A31)", (text, flash, dataCoding) => {
		expect(fieldsOf({ text, flash }).data_coding).toBe(dataCoding);
	});

	it("requests a receipt for each segment, not only for the first", () => {
		const parts = { text: "x".repeat(400) };

		expect([0, 1, 2].map((index) => fieldsOf(parts, index).registered_delivery)).toEqual([1, 1, 1]);
	});

	it("begins with a header when there are several: reference, parts and place", () => {
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
		"is at most as long as a short message may be, with its header",
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
	])("has the source %s with TON %i and NPI %i", (sender, ton, npi) => {
		expect(fieldsOf({ sender })).toMatchObject({ source_addr: sender, source_addr_ton: ton, source_addr_npi: npi });
	});

	it("has the message's expiry as validity_period, in UTC (A20)", () => {
		const expiresAt = Date.parse("2026-11-24T06:07:08.999Z");

		expect(fieldsOf({ expiresAt }).validity_period).toBe("261124060708000+");
	});

	it.each([
		["expired 30 s ago", 30_000, "261124060938000+"],
		["expires in a second", -1_000, "261124060907000+"],
		["expires in an hour", -3_600_000, "261124060708000+"],
	])(
		"has a validity of at least two minutes when the message is partly sent and %s: an SMSC refuses a past time",
		(_, afterMs, text) => {
			const expiresAt = Date.parse("2026-11-24T06:07:08Z");
			const rest = submitIn({}, { expiresAt, text: "x".repeat(400) }, 1, expiresAt + afterMs);

			expect(rest.fields.validity_period).toBe(text);
		},
	);

	it("has a validity of one second when that is left and nothing was sent", () => {
		const expiresAt = Date.parse("2026-11-24T06:07:08Z");
		const first = submitIn({}, { expiresAt, text: "x".repeat(400) }, 0, expiresAt - 1_000);

		expect(first.fields.validity_period).toBe("261124060708000+");
	});

	it("has the message's priority (R18)", () => {
		expect([0, 1, 2, 3].map((priority) => fieldsOf({ priority: priority as 0 }).priority_flag)).toEqual([0, 1, 2, 3]);
	});
});

describe("the submit_sm of a segment, by the SMSC's submit style", () => {
	it.each([
		["latin1", "café Ø", "636166e920d8", 0x00],
		["latin1", "50 €", "00350030002020ac", 0x08],
		["latin1", "ç", "00e7", 0x08],
		["ascii", "cafe [1]", "63616665205b315d", 0x00],
		["ascii", "café", "00630061006600e9", 0x08],
		["gsm7", "café", "63616605", 0x00],
	])("in default alphabet %s encodes %s as %s with data_coding %i (A30)", (alphabet, text, hex, dataCoding) => {
		const { fields } = submitIn({ alphabet }, { text });

		expect(fields.short_message.toString("hex")).toBe(hex);
		expect(fields.data_coding).toBe(dataCoding);
	});

	it.each([
		["latin1", "é", 0x10],
		["ascii", "e", 0x10],
		["ascii", "é", 0x18],
	])("in default alphabet %s has a flash message of %s with data_coding %i (A31)", (alphabet, text, dataCoding) => {
		expect(submitIn({ alphabet }, { text, flash: true }).fields.data_coding).toBe(dataCoding);
	});

	it.each([1, 2, 3] as const)("keeps the message class %i of a client by SMPP", (messageClass) => {
		const smpp = { session: null, address: "", reference: null, receiptId: null, messageClass };

		expect(submitIn({}, { text: "hello", smpp }).fields.data_coding).toBe(0x10 + messageClass);
		expect(submitIn({}, { text: "привет", smpp }).fields.data_coding).toBe(0x18 + messageClass);
	});

	it("in another default alphabet has as much text as fits on the air, where escapes count two", () => {
		const text = "[".repeat(100);

		expect(submitIn({ alphabet: "ascii" }, { text }).parts).toBe(2);
		expect(submitIn({ alphabet: "ascii" }, { text }).fields.short_message).toHaveLength(6 + 76);
	});

	it("with SAR has no header, and the same cuts", () => {
		const parts = { text: "x".repeat(400), messageId: 0x1_2345_67ab };

		const all = [0, 1, 2].map((index) => submitIn({ long_messages: "sar" }, parts, index));

		expect(all.map(({ fields }) => [fields.esm_class, fields.short_message.length])).toEqual([
			[0, 153],
			[0, 153],
			[0, 94],
		]);
		expect(all.map(({ tlvs }) => tlvs.map(({ tag, value }) => [tag, value.toString("hex")]))).toEqual(
			["01", "02", "03"].map((place) => [
				[0x020c, "67ab"],
				[0x020e, "03"],
				[0x020f, place],
			]),
		);
	});

	it("with message_payload has the whole long message in it, once", () => {
		const { fields, tlvs, parts } = submitIn({ long_messages: "payload" }, { text: "ж".repeat(1_500) });

		expect([parts, fields.esm_class, fields.short_message.length]).toEqual([1, 0, 0]);
		expect(tlvs.map(({ tag, value }) => [tag, value.toString("hex")])).toEqual([[0x0424, "0436".repeat(1_500)]]);
	});

	it.each(["sar", "payload"])("with long messages by %s has a short message as usual", (long_messages) => {
		const { fields, tlvs } = submitIn({ long_messages }, { text: "hello" });

		expect([fields.short_message.toString(), fields.esm_class, tlvs]).toEqual(["hello", 0, []]);
	});

	it.each([
		[1_000, "000000000001000R"],
		[999, "000000000001000R"],
		[-5_000, "000000000001000R"],
		[90_061_000, "000001010101000R"],
		[9 * 86_400_000, "000009000000000R"],
	])("with relative times has %i ms as %s (A20)", (ms, text) => {
		const now = Date.parse("2026-11-24T06:07:08Z");
		const { fields } = submitIn({ validity: "relative" }, { expiresAt: now + ms }, 0, now);

		expect(fields.validity_period).toBe(text);
	});

	it("has the configured TON and NPI for each kind of sender", () => {
		const settings = { source: { short: { ton: 0, npi: 1 }, alphanumeric: { ton: 5, npi: 1 } } };

		const kinds = ["9090", "SMSGW", "77010000000"].map((sender) => submitIn(settings, { sender }).fields);

		expect(kinds.map((fields) => [fields.source_addr_ton, fields.source_addr_npi])).toEqual([
			[0, 1],
			[5, 1],
			[1, 1],
		]);
	});

	it("has the configured service_type, and no priority where the SMSC refuses it", () => {
		expect(submitIn({ service_type: "CMT", priority: false }, { priority: 3 }).fields).toMatchObject({
			service_type: "CMT",
			priority_flag: 0,
		});
	});
});
