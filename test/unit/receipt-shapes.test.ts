import { describe, expect, it } from "vitest";
import type { Receipt } from "#shared/domain/receipts/receipt.ts";
import { receiptIn } from "#smpp/operators/receipt-in-pdu.ts";
import type { Pdu, Tlv } from "#smpp/wire/pdu.ts";
import { bytesTlv, octetTlv, textTlv } from "#smpp/wire/tlvs.ts";
import { sampleFields } from "./smpp-samples.ts";

/** Receipts as SMSCs and simulators send them: the PDU and what is read from it. */

type Shape = {
	readonly text?: string | Buffer;
	readonly dataCoding?: number;
	readonly tlvs?: readonly Tlv[];
	readonly expected: Partial<Receipt> | null;
};

const dated = (submitted: string, done: string) =>
	`id:0123456789 sub:001 dlvrd:001 submit date:${submitted} done date:${done} stat:DELIVRD err:000 text:Your code is`;
const delivered = { smscId: "0123456789", state: "DELIVRD", reason: "000" };
const wide = (text: string) => Buffer.from(text, "utf16le").swap16();
const usual = "id:77 sub:001 dlvrd:000 submit date:2611231100 done date:2611231101 stat:UNDELIV err:027 text:";
const undelivered = { smscId: "77", state: "UNDELIV", reason: "027" };

const shapes: Readonly<Record<string, Shape>> = {
	"dates of ten digits, YYMMDDhhmm": { text: dated("2611231100", "2611231101"), expected: delivered },
	"dates of twelve digits, YYMMDDhhmmss": { text: dated("261123110005", "261123110107"), expected: delivered },
	"dates of fourteen digits, YYYYMMDDhhmmss": { text: dated("20261123110005", "20261123110107"), expected: delivered },
	"dates with spaces and colons": { text: dated("2026-11-23 11:00:05", "2026-11-23 11:01:07"), expected: delivered },
	"dates left blank": { text: dated("", ""), expected: delivered },
	"no dates at all": {
		text: "id:1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x",
		expected: { smscId: "1", reason: "000" },
	},
	"sub:000": {
		text: "id:1 sub:000 dlvrd:000 stat:EXPIRED err:022 text:",
		expected: { state: "EXPIRED", reason: "022" },
	},
	"sub:1": { text: "id:1 sub:1 dlvrd:1 stat:DELIVRD err:0 text:", expected: { state: "DELIVRD", reason: "0" } },
	"no sub and dlvrd": { text: "id:1 stat:REJECTD err:011", expected: { state: "REJECTD", reason: "011" } },
	"no err": { text: "id:1 stat:DELIVRD", expected: { state: "DELIVRD", reason: "" } },
	"no stat": { text: "id:1 err:011", expected: { state: "", reason: "011" } },
	capitals: { text: usual.toUpperCase(), expected: undelivered },
	"small letters": { text: usual.toLowerCase(), expected: undelivered },
	"mixed letters": { text: "Id:77 Stat:Undeliv Err:027 Text:", expected: undelivered },
	"a NUL at its end": { text: "id:77 stat:UNDELIV err:027\0", expected: undelivered },
	"ASCII under data_coding 8": { text: usual, dataCoding: 8, expected: undelivered },
	"UCS-2": { text: wide(usual), dataCoding: 8, expected: undelivered },
	"UCS-2 with a Cyrillic text": { text: wide(`${usual}Ваш код`), dataCoding: 8, expected: undelivered },
	"little-endian UCS-2": { text: Buffer.from(usual, "utf16le"), dataCoding: 8, expected: undelivered },
	"UCS-2 under data_coding 0": { text: wide(usual), expected: undelivered },
	"an id with letters": { text: "id:Smsc2001 stat:DELIVRD", expected: { smscId: "Smsc2001" } },
	"an id in hex": { text: "id:00A3fF stat:DELIVRD", expected: { smscId: "00A3fF" } },
	"an id with leading zeros": { text: "id:0000000042 stat:DELIVRD", expected: { smscId: "0000000042" } },
	"an id of 64 characters": { text: `id:${"f".repeat(64)} stat:DELIVRD`, expected: { smscId: "f".repeat(64) } },
	"an id of 64 characters in its TLV": {
		tlvs: [textTlv("receipted_message_id", "f".repeat(64)), octetTlv("message_state", 2)],
		expected: { smscId: "f".repeat(64), state: "DELIVRD" },
	},
	"an id too long to be stored": { text: `id:${"f".repeat(256)} stat:DELIVRD`, expected: null },
	"no text, TLVs only": {
		tlvs: [textTlv("receipted_message_id", "77"), octetTlv("message_state", 5)],
		expected: { smscId: "77", state: "UNDELIV", reason: "" },
	},
	"no text, and its reason in network_error_code": {
		tlvs: [
			textTlv("receipted_message_id", "77"),
			octetTlv("message_state", 5),
			bytesTlv("network_error_code", Buffer.from([3, 0, 27])),
		],
		expected: { smscId: "77", state: "UNDELIV", reason: "27" },
	},
	"a reason in its text and in network_error_code": {
		text: usual,
		tlvs: [bytesTlv("network_error_code", Buffer.from([3, 0, 99]))],
		expected: undelivered,
	},
	"an invalid network_error_code": {
		tlvs: [textTlv("receipted_message_id", "77"), bytesTlv("network_error_code", Buffer.from([3]))],
		expected: { smscId: "77", reason: "" },
	},
	"a TLV's state against its text's": {
		text: "id:77 stat:DELIVRD err:027",
		tlvs: [octetTlv("message_state", 5)],
		expected: undelivered,
	},
	"an id in a TLV without its NUL": {
		tlvs: [bytesTlv("receipted_message_id", Buffer.from("77")), octetTlv("message_state", 2)],
		expected: { smscId: "77", state: "DELIVRD" },
	},
	"its text in message_payload": {
		tlvs: [bytesTlv("message_payload", Buffer.from(usual))],
		expected: undelivered,
	},
	"a text that names other ids": {
		text: "id:77 stat:UNDELIV err:027 text:id:78 stat:DELIVRD err:000",
		expected: undelivered,
	},
	"nothing at all": { expected: null },
};

function aDeliver({ text = "", dataCoding = 0, tlvs = [] }: Shape): Pdu<"deliver_sm"> {
	const fields = {
		...sampleFields.deliver_sm,
		esm_class: 4,
		source_addr: "77010000000",
		data_coding: dataCoding,
		short_message: typeof text === "string" ? Buffer.from(text, "latin1") : text,
	};
	return { command: "deliver_sm", command_status: 0, sequence_number: 1, fields, tlvs } as unknown as Pdu<"deliver_sm">;
}

describe("a receipt with", () => {
	it.each(Object.entries(shapes))("%s is read", (_, shape) => {
		const receipt = receiptIn(aDeliver(shape), 7);

		if (shape.expected === null) expect(receipt).toBeNull();
		else expect(receipt).toMatchObject({ ...shape.expected, recipient: "77010000000", receivedAt: 7 });
	});
});
