import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { layouts } from "#smpp/wire/layouts.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import {
	aBoundEsme,
	aClientAccount,
	aClientsGateway,
	aSocketTo,
	aSubmit,
	login,
	submit,
} from "#test/integration/clients-gateway.ts";
import { rawPdu, sampleFields } from "#test/unit/smpp-samples.ts";

/** Whole PDUs of every command, with fields that a client may well send. */
const wholePdus: readonly Buffer[] = layouts.map(({ command }, index) =>
	encodePdu({
		command,
		sequence_number: index + 1,
		fields: { ...sampleFields[command], ...(command === "submit_sm" && aSubmit) },
	}),
);

const octets = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" }).map((bytes) => Buffer.from(bytes));

/** A PDU with one to three octets changed. */
const mutated = fc
	.tuple(fc.constantFrom(...wholePdus), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }))
	.map(([pdu, changes]) => {
		const bytes = Buffer.from(pdu);
		for (const [place, octet] of changes) bytes[place % bytes.length] = octet;
		return bytes;
	});

/** A PDU that is cut or extended, with a command_length that matches. */
const resized = fc.tuple(fc.constantFrom(...wholePdus), fc.nat(), octets(40)).map(([pdu, cut, more]) => {
	const body = Buffer.concat([pdu.subarray(16, 16 + (cut % Math.max(1, pdu.length - 15))), more]);
	return rawPdu(pdu.readUInt32BE(4), body, 7);
});

/** Mostly the usual value, so that one fault does not hide another. */
const mostly = <Value>(usual: Value, oddSubmit: fc.Arbitrary<Value>) =>
	fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, oddSubmit);

/** A submit_sm in which any field may be odd. */
const oddSubmit = fc
	.record({
		source_addr: mostly("SMSGW", fc.constantFrom("", "x")),
		destination_addr: mostly("77010000000", fc.constantFrom("", "7")),
		esm_class: mostly(0, fc.constantFrom(0x40, 0x43, 0x80, 255)),
		priority_flag: fc.nat(255),
		schedule_delivery_time: mostly("", fc.constantFrom("000000010000000R", "991231235959000+", "x")),
		validity_period: mostly("", fc.constantFrom("999999999999000R", "\u00ff")),
		registered_delivery: fc.nat(255),
		data_coding: mostly(8, fc.nat(255)),
		short_message: octets(254),
	})
	.chain((fields) =>
		fc
			.array(fc.record({ tag: fc.constantFrom(0x0424, 0x020c, 0x020e, 0x020f, 0x1400), value: octets(300) }), {
				maxLength: 4,
			})
			.map((tlvs) => encodePdu({ command: "submit_sm", sequence_number: 9, fields, tlvs })),
	);

/* A stream has no meaning after octets that are not a PDU, so these are few. */
const stream = fc
	.array(
		fc.oneof(
			{ weight: 1, arbitrary: octets(200) },
			{ weight: 3, arbitrary: mutated },
			{ weight: 5, arbitrary: resized },
			{ weight: 8, arbitrary: oddSubmit },
		),
		{ minLength: 1, maxLength: 20 },
	)
	.map((parts) => Buffer.concat(parts));

/** Writes the bytes, after a bind if asked, and waits until both sides have closed. Returns everything that was answered. */
async function exchange(port: number, bytes: Buffer, bound: boolean): Promise<Buffer> {
	const socket = aSocketTo(port);
	const answers: Buffer[] = [];
	if (bound) {
		socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }));
		await once(socket, "data");
	}
	socket.on("data", (chunk: Buffer) => answers.push(chunk));
	socket.end(bytes);
	await new Promise((resolve) => socket.once("close", resolve));
	return Buffer.concat(answers);
}

const statusesIn = (answers: Buffer) => splitPdus(Buffer.alloc(0), answers).pdus.map((pdu) => pdu.readUInt32BE(8));

describe("arbitrary octets from SMPP clients", () => {
	it.each([true, false])("neither crash the task nor block other clients, bound %s", async (bound) => {
		const accounts = [aClientAccount({}, { bindsMax: 64 })];
		const { port, rows, log } = await aClientsGateway({ accounts, sessionLimits: { bindMs: 1_000 } });
		const neighbour = await aBoundEsme(port);
		const seen = new Set<number>();

		await fc.assert(
			fc.asyncProperty(stream, async (bytes) => {
				for (const status of statusesIn(await exchange(port, bytes, bound))) seen.add(status);
				const answer = await submit(neighbour);
				expect(answer.status).toBe(0);
				expect(rows.get(Number(answer.id))?.text).toBe("hello");
			}),
			{ numRuns: 300 },
		);

		/* Proves that the gateway read what came. */
		const { ESME_RINVBNDSTS, ESME_RINVCMDLEN, ESME_RINVDSTADR, ESME_RINVMSGLEN } = commandStatuses;
		const due = bound ? [0, ESME_RINVDSTADR, ESME_RINVMSGLEN] : [ESME_RINVBNDSTS];
		expect([...seen]).toEqual(expect.arrayContaining([...due, ESME_RINVCMDLEN]));
		expect(
			log.events.filter(({ event }) => event === "request.handler_failed" || event === "messages.accept_failed"),
		).toEqual([]);
		for (const row of rows.values()) expect(row.text.length).toBeLessThanOrEqual(1_500);
	});

	it("do not accumulate: a peer that never ends a PDU uses no more memory than one PDU", async () => {
		const { port } = await aClientsGateway();
		const neighbour = await aBoundEsme(port);
		const socket = aSocketTo(port);
		const header = Buffer.alloc(16);
		header.writeUInt32BE(70_001);
		socket.resume();

		socket.write(
			Buffer.concat([encodePdu({ command: "bind_transceiver", sequence_number: 1, fields: login }), header]),
		);

		await new Promise((resolve) => socket.once("close", resolve));
		expect((await submit(neighbour)).status).toBe(0);
	});
});
