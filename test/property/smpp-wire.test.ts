import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { layouts } from "#smpp/wire/layouts.ts";
import type { MessageFields } from "#smpp/wire/pdu.ts";

const octet = fc.integer({ min: 0, max: 255 });
const text = (maxLength: number) =>
	fc.array(fc.integer({ min: 1, max: 255 }), { maxLength, size: "max" }).map((codes) => String.fromCharCode(...codes));
const octets = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" }).map((array) => Buffer.from(array));

const messageFields: fc.Arbitrary<MessageFields> = fc.record({
	service_type: text(5),
	source_addr_ton: octet,
	source_addr_npi: octet,
	source_addr: text(20),
	dest_addr_ton: octet,
	dest_addr_npi: octet,
	destination_addr: text(20),
	esm_class: octet,
	protocol_id: octet,
	priority_flag: octet,
	schedule_delivery_time: text(16),
	validity_period: text(16),
	registered_delivery: octet,
	replace_if_present_flag: octet,
	data_coding: octet,
	sm_default_msg_id: octet,
	short_message: octets(254),
});
const tlvs = fc.array(fc.record({ tag: fc.integer({ min: 0, max: 0xffff }), value: octets(300) }), { maxLength: 5 });
const sequenceNumber = fc.integer({ min: 1, max: 0x7fffffff });

/** Valid and invalid PDUs with a correct command_length, as framing delivers them. */
const anyPdu = fc
	.tuple(fc.constantFrom(...layouts.map(({ commandId }) => commandId), 0x999), octet, sequenceNumber, octets(200))
	.map(([commandId, commandStatus, sequence, remainder]) => {
		const header = Buffer.alloc(16);
		header.writeUInt32BE(16 + remainder.length, 0);
		header.writeUInt32BE(commandId, 4);
		header.writeUInt32BE(commandStatus, 8);
		header.writeUInt32BE(sequence, 12);
		return Buffer.concat([header, remainder]);
	});

describe("the codec", () => {
	it("reads back every message that it wrote", () => {
		fc.assert(
			fc.property(messageFields, tlvs, sequenceNumber, (fields, params, sequence_number) => {
				const bytes = encodePdu({ command: "submit_sm", sequence_number, fields, tlvs: params });

				expect(decodePdu(bytes)).toMatchObject({ kind: "pdu", pdu: { fields, tlvs: params, sequence_number } });
			}),
		);
	});

	it("returns a whole PDU or an error reply for any octets, and never throws", () => {
		fc.assert(
			fc.property(fc.oneof(anyPdu, octets(100)), (bytes) => {
				const decoded = decodePdu(bytes);

				if (decoded.kind === "malformed") return;
				const layout = layouts.find(({ command }) => command === decoded.pdu.command);
				expect(Object.values(decoded.pdu.fields)).not.toContain(undefined);
				expect(Object.keys(decoded.pdu.fields)).toEqual(layout?.fields.map(({ name }) => name));
			}),
			{ numRuns: 5_000 },
		);
	});
});

describe("framing", () => {
	it("gives the same PDUs wherever the stream is cut", () => {
		const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 });
		fc.assert(
			fc.property(fc.array(anyPdu, { maxLength: 10 }), cuts, (pdus, sizes) => {
				const stream = Buffer.concat(pdus);
				const found: Buffer[] = [];
				let remainder: Buffer = Buffer.alloc(0);
				let offset = 0;
				for (let cut = 0; offset < stream.length; cut++) {
					const end = offset + (sizes[cut % sizes.length] ?? 1);
					const split = splitPdus(remainder, stream.subarray(offset, end));
					found.push(...split.pdus);
					remainder = split.remainder;
					offset = end;
				}

				expect(found).toEqual(pdus);
				expect(remainder).toHaveLength(0);
			}),
		);
	});
});
