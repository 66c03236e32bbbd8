import smpp from "smpp";
import { describe, expect, it } from "vitest";
import { type Decoded, decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { layouts } from "#smpp/wire/layouts.ts";
import type { CommandName, Pdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { bytesTlv, octetTlv, textTlv, tlvBytes, tlvNumber, tlvText } from "#smpp/wire/tlvs.ts";
import { UnencodableError } from "#smpp/wire/write-fields.ts";
import { rawPdu, sampleFields } from "./smpp-samples.ts";

const submitSm = 0x00000004;
const deliverSm = 0x00000005;
/** The body of a submit_sm or deliver_sm, with `after` following the message. */
const body = (message = "\x02hi", after = "") => `\0\x05\0SMSGW\0\x01\x01770\0\0\0\0\0\0\0\0\0\0${message}${after}`;

function pduIn(decoded: Decoded): Pdu {
	if (decoded.kind !== "pdu") throw new Error(`malformed: ${decoded.reason}`);
	return decoded.pdu;
}

describe("the codec", () => {
	it.each(layouts)("has the fields of $command in the library's order", ({ command, fields }) => {
		expect(fields.map(({ name }) => name)).toEqual(Object.keys(sampleFields[command]));
	});

	it.each(layouts)("reads back the $command that it wrote", ({ command }) => {
		const fields = sampleFields[command];

		const bytes = encodePdu<CommandName>({ command, sequence_number: 0x7fffffff, fields });

		expect(pduIn(decodePdu(bytes))).toMatchObject({ command, sequence_number: 0x7fffffff, command_status: 0, fields });
	});

	it.each(layouts)("writes $command octet for octet as the library does", ({ command }) => {
		const fields = sampleFields[command];

		const bytes = encodePdu<CommandName>({ command, sequence_number: 9, fields });

		const theirs = new smpp.PDU(command, { sequence_number: 9, ...fields }).toBuffer();
		expect(bytes.toString("hex")).toBe(theirs.toString("hex"));
	});

	it("keeps a message and its texts octet for octet", () => {
		const short_message = Buffer.from([0, 0x1b, 0x65, 0xff, 0x80]);
		const fields = { ...sampleFields.deliver_sm, data_coding: 1, source_addr: "caf\xe9", short_message };

		const pdu = pduIn(decodePdu(encodePdu({ command: "deliver_sm", sequence_number: 1, fields })));

		expect(pdu.fields).toEqual(fields);
	});

	it("writes a refusal without a body", () => {
		const bytes = encodePdu({
			command: "submit_sm_resp",
			sequence_number: 1,
			command_status: 88,
			fields: { message_id: "no" },
		});

		expect(bytes).toHaveLength(16);
		expect(pduIn(decodePdu(bytes))).toMatchObject({ command_status: 88, fields: { message_id: "" } });
	});

	it.each(layouts.filter(({ isResponse }) => isResponse).map(({ command }) => command))(
		"writes a refusing %s as a header only, whatever else is given",
		(command) => {
			const tlvs = [textTlv("additional_status_info_text", "why")];
			const fields = { message_id: "7", system_id: "SMSGW", unsuccess_sme: [] } as never;

			expect(encodePdu({ command, sequence_number: 1, command_status: 69, fields, tlvs })).toHaveLength(16);
		},
	);

	it.each([
		["a NUL inside a text", { source_addr: "a\0b" }],
		["a character that Latin-1 lacks", { source_addr: "Қазақ" }],
		["a message of 255 octets", { short_message: Buffer.alloc(255) }],
		["an octet of 256", { data_coding: 256 }],
	])("refuses to write %s", (_what, fields) => {
		expect(() => encodePdu({ command: "submit_sm", sequence_number: 1, fields })).toThrow(UnencodableError);
	});
});

describe("optional parameters", () => {
	it.each([
		["an empty alert_on_message_delivery", "\x13\x0c\x00\x00"],
		["a 1-octet source_telematics_id", "\x00\x10\x00\x01\x01"],
		["an unknown parameter", "\xff\xff\x00\x03abc"],
	])("are read before and after %s", (_what, between) => {
		const tlvs = `\x00\x1e\x00\x04abc\0${between}\x04\x27\x00\x01\x02${between}`;

		const pdu = pduIn(decodePdu(rawPdu(deliverSm, body("\x00", tlvs))));

		expect(tlvText(pdu, "receipted_message_id")).toBe("abc");
		expect(tlvNumber(pdu, "message_state")).toBe(2);
	});

	it("keep a receipted_message_id without its NUL separate from the next parameter", () => {
		const tlvs = "\x00\x1e\x00\x03abc\x04\x27\x00\x01\x02";

		const pdu = pduIn(decodePdu(rawPdu(deliverSm, body("\x00", tlvs))));

		expect(tlvText(pdu, "receipted_message_id")).toBe("abc");
		expect(tlvNumber(pdu, "message_state")).toBe(2);
	});

	it("are numbers of any length, and undefined when empty", () => {
		const tlvs = [bytesTlv("source_telematics_id", Buffer.of(5)), bytesTlv("alert_on_message_delivery")];

		const pdu = pduIn(decodePdu(encodePdu({ command: "data_sm", sequence_number: 1, tlvs })));

		expect(tlvNumber(pdu, "source_telematics_id")).toBe(5);
		expect(tlvNumber(pdu, "alert_on_message_delivery")).toBeUndefined();
		expect(tlvBytes(pdu, "alert_on_message_delivery")).toHaveLength(0);
		expect(tlvBytes(pdu, "message_state")).toBeUndefined();
	});

	it("can be read by the library", () => {
		const tlvs = [textTlv("receipted_message_id", "Smsc2001"), octetTlv("message_state", 2)];

		const theirs = new smpp.PDU(encodePdu({ command: "deliver_sm", sequence_number: 1, tlvs }));

		expect(theirs["receipted_message_id"]).toBe("Smsc2001");
		expect(theirs["message_state"]).toBe(2);
	});

	it("carry a message of 64 KiB", () => {
		const tlvs = [bytesTlv("message_payload", Buffer.alloc(0xffff, 7))];

		const pdu = pduIn(decodePdu(encodePdu({ command: "submit_sm", sequence_number: 1, tlvs })));

		expect(tlvBytes(pdu, "message_payload")).toHaveLength(0xffff);
	});

	it("may be followed by NULs, which are ignored", () => {
		expect(decodePdu(rawPdu(deliverSm, body("\x00", "\0"))).kind).toBe("pdu");
	});
});

const { ESME_RINVCMDID, ESME_RINVCMDLEN, ESME_RINVDESTFLAG, ESME_RINVMSGLEN, ESME_RINVTLVSTREAM } = commandStatuses;

describe("a malformed request", () => {
	const multi = (destinations: string) => rawPdu(0x21, `\0\x05\0SMSGW\0${destinations}`);
	it.each([
		["a submit_sm of a header only", rawPdu(submitSm), "submit_sm_resp", ESME_RINVCMDLEN],
		["a text without its NUL", rawPdu(submitSm, "\0\x05\0SMSGW"), "submit_sm_resp", ESME_RINVCMDLEN],
		["a PDU cut before its last fields", rawPdu(submitSm, "\0\x05\0SMSGW\0\x01"), "submit_sm_resp", ESME_RINVCMDLEN],
		["a bind without its password", rawPdu(9, "smsgw\0"), "bind_transceiver_resp", ESME_RINVCMDLEN],
		["a message shorter than it says", rawPdu(submitSm, body("\x05hi")), "submit_sm_resp", ESME_RINVMSGLEN],
		["a message of 255 octets", rawPdu(submitSm, body(`\xff${"x".repeat(255)}`)), "submit_sm_resp", ESME_RINVMSGLEN],
		[
			"a TLV longer than the PDU",
			rawPdu(deliverSm, body("\0", "\x04\x24\xff\xffhi")),
			"deliver_sm_resp",
			ESME_RINVTLVSTREAM,
		],
		[
			"a TLV that ends in its header",
			rawPdu(deliverSm, body("\0", "\x04\x24\x00")),
			"deliver_sm_resp",
			ESME_RINVTLVSTREAM,
		],
		["255 destinations, none of them present", multi("\xff"), "submit_multi_resp", ESME_RINVCMDLEN],
		["a destination of an unknown kind", multi("\x01\x07\x01\x01770\0"), "submit_multi_resp", ESME_RINVDESTFLAG],
		["an unknown command", rawPdu(0x00000999), "generic_nack", ESME_RINVCMDID],
		["a broadcast_sm, which SMPP 3.4 lacks", rawPdu(0x00000111, "\0"), "generic_nack", ESME_RINVCMDID],
		[
			"a command_length above the PDU's length",
			rawPdu(submitSm, body()).subarray(0, 30),
			"generic_nack",
			ESME_RINVCMDLEN,
		],
	])("such as %s is answered", (_what, bytes, command, command_status) => {
		expect(decodePdu(bytes)).toMatchObject({
			kind: "malformed",
			answer: { command, command_status, sequence_number: 7 },
		});
	});

	it.each([
		["an alert_notification", rawPdu(0x102)],
		["an outbind", rawPdu(0x0b)],
		["a response to an unknown command", rawPdu(0x80000999)],
	])("such as %s has no answer", (_what, bytes) => {
		expect(decodePdu(bytes)).not.toHaveProperty("answer");
	});

	it("shorter than a header is answered with generic_nack without a sequence_number", () => {
		expect(decodePdu(Buffer.alloc(3))).toMatchObject({
			answer: { command: "generic_nack", command_status: ESME_RINVCMDLEN, sequence_number: 0 },
		});
	});
});

describe("a response", () => {
	it.each([
		["without a body", "", ""],
		["whose id lacks its NUL", "abc", "abc"],
		["with an id of 64 characters", `${"f".repeat(64)}\0`, "f".repeat(64)],
		["with broken TLVs after its id", "abc\0\x04\x24\xff\xff", "abc"],
	])("%s is read as far as possible", (_what, text, message_id) => {
		expect(pduIn(decodePdu(rawPdu(0x80000004, text))).fields).toEqual({ message_id });
	});

	it("with several entries keeps the complete ones", () => {
		const pdu = pduIn(decodePdu(rawPdu(0x80000021, "id\0\x09\x01\x01770\0\0\0\0\x0b\x01")));

		expect(pdu.fields).toMatchObject({ message_id: "id", unsuccess_sme: [{ error_status_code: 11 }] });
	});
});
