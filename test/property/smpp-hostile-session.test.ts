import { once } from "node:events";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import type { Session } from "#smpp/session/session.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { type Chance, chanceOf, hostileFrom, hostilePdu, randomOctets } from "#test/fakes/hostile-pdus.ts";
import { aBoundLine, anEsmeWithSession } from "#test/integration/smpp-peers.ts";
import { rawPdu, sampleFields } from "#test/unit/smpp-samples.ts";

const { ESME_RINVCMDID, ESME_RINVCMDLEN, ESME_RINVMSGLEN } = commandStatuses;

/** Our bound session, and a peer at the other end that may send anything. */
type Pair = {
	readonly peer: Socket;
	readonly session: Session;
	/** The command_status of each answer to the peer's requests, by sequence_number. */
	readonly answers: Map<number, number>;
	/** The statuses that answered hostile PDUs. */
	readonly errorReplies: Set<number>;
};

const sides = {
	esme: async () => {
		const { smsc, session } = await aBoundLine();
		return { peer: smsc, session };
	},
	smsc: async () => {
		const { esme, session } = await anEsmeWithSession();
		esme.write(encodePdu({ command: "bind_transceiver", sequence_number: 1 }));
		await once(esme, "data");
		return { peer: esme, session };
	},
} as const;
type Side = keyof typeof sides;
const bothSides = Object.keys(sides) as Side[];

/** A valid request from the peer, for each side. */
const asked = { esme: "deliver_sm", smsc: "submit_sm" } as const;
const responseBit = 0x80000000;

/** Keeps no PDU, so that any memory kept belongs to the session. */
async function aPair(side: Side): Promise<Pair> {
	const { peer, session } = await sides[side]();
	const answers = new Map<number, number>();
	const errorReplies = new Set<number>();
	let remainder: Buffer = Buffer.alloc(0);
	peer.on("data", (chunk: Buffer) => {
		const split = splitPdus(remainder, chunk);
		remainder = Buffer.from(split.remainder);
		for (const pdu of split.pdus) {
			const [commandId, status, sequence] = [pdu.readUInt32BE(4), pdu.readUInt32BE(8), pdu.readUInt32BE(12)];
			if (commandId < responseBit) peer.write(rawPdu(commandId + responseBit, "", sequence));
			else if (sequence >= hostileFrom) errorReplies.add(status);
			else answers.set(sequence, status);
		}
	});
	return { peer, session, answers, errorReplies };
}

/** Sends a request each way and waits for both answers. */
async function expectToServe(side: Side, { peer, session, answers }: Pair, sequence: number): Promise<void> {
	const command = asked[side];
	peer.write(encodePdu({ command, sequence_number: sequence, fields: sampleFields[command] }));
	expect(await session.request({ command: "enquire_link" })).toMatchObject({ kind: "answered" });
	await vi.waitFor(() => expect(answers.get(sequence)).toBe(0), { timeout: 10_000, interval: 1 });
	answers.delete(sequence);
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** The memory in use after a garbage collection, in octets. */
function keptOctets(): number {
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

const rounds = 10;
const burstsOfRound = 50;
const burst = 100;

async function pour(peer: Socket, chance: Chance): Promise<void> {
	const written = peer.write(Buffer.concat(Array.from({ length: burst }, () => hostilePdu(chance))));
	if (!written) await once(peer, "drain");
}

describe.each(bothSides)("a session as the %s", (side) => {
	it("serves its peer and a neighbour during 50,000 malformed PDUs, and keeps none of them in memory", async () => {
		const seed = Date.now() % 0x7fffffff;
		console.log(`seed ${seed}`);
		const chance = chanceOf(seed);
		const [attacked, neighbour] = [await aPair(side), await aPair(side)];
		let sequence = 1;
		const kept: number[] = [];

		for (let round = 0; round < rounds; round += 1) {
			for (let count = 0; count < burstsOfRound; count += 1) {
				await pour(attacked.peer, chance);
				sequence += 1;
				await Promise.all([attacked, neighbour].map(async (pair) => await expectToServe(side, pair, sequence)));
			}
			kept.push(keptOctets());
		}

		expect([...attacked.errorReplies]).toEqual(
			expect.arrayContaining([0, ESME_RINVCMDID, ESME_RINVCMDLEN, ESME_RINVMSGLEN]),
		);
		expect([attacked.session.boundAs, attacked.session.inFlight]).toEqual(["transceiver", 0]);
		/* 5,000 PDUs of some 100 octets are half a megabyte: if they were kept, nine rounds would show it. */
		const grown = (kept.at(-1) ?? 0) - (kept[1] ?? 0);
		console.log(`kept after each round: ${kept.map((octets) => (octets / 1e6).toFixed(1)).join(", ")} MB`);
		expect(grown).toBeLessThan(2_000_000);
	}, 60_000);

	it("closes each of many connections that send random octets, and affects no other", async () => {
		const seed = Date.now() % 0x7fffffff;
		console.log(`seed ${seed}`);
		const chance = chanceOf(seed);
		const neighbour = await aPair(side);

		for (let line = 0; line < 200; line += 1) {
			const { peer, session } = await aPair(side);
			peer.end(randomOctets(chance, 3_000));
			await session.ended;
			expect(await session.request({ command: "enquire_link" })).toEqual({ kind: "unsent" });
		}

		await expectToServe(side, neighbour, 2);
	}, 60_000);

	const body = (message: string) => `\0\x05\0SMSGW\0\x01\x017701\0\0\0\0\0\0\x01\0\0\0${message}`;

	it.each([
		["a request of a header only", rawPdu(4)],
		["a delivery of a header only", rawPdu(5)],
		["a second bind", encodePdu({ command: "bind_transceiver", sequence_number: 9 })],
		["an outbind", encodePdu({ command: "outbind", sequence_number: 9 })],
		["an answer to no request", rawPdu(0x80000004, "id\0", 12_345)],
		["an answer to an unbind that was not sent", rawPdu(0x80000006, "", 12_345)],
		["a nack of nothing", rawPdu(0x80000000, "", 0, 3)],
		["a request of sequence_number 0", rawPdu(0x15, "", 0)],
		["a request of the greatest sequence_number", rawPdu(0x15, "", 0xffffffff)],
		["an unknown command", rawPdu(0x999, "?")],
		["an unknown answer", rawPdu(0x80000999, "?")],
		["a text that is cut", rawPdu(5, "\0\x05\0SMS")],
		["a text without its NUL", rawPdu(5, "x".repeat(60))],
		["255 destinations, none of them present", rawPdu(0x21, "\0\x05\0SMSGW\0\xff")],
		["a message of 255 octets", rawPdu(5, body(`\xff${"x".repeat(255)}`))],
		["a message shorter than it says", rawPdu(5, body("\x20hi"))],
		["an alert_on_message_delivery of length 0, which is valid", rawPdu(5, body("\x02hi\x13\x0c\0\0"))],
		["a source_telematics_id of one octet, which is valid", rawPdu(5, body("\x02hi\0\x10\0\x01\x01"))],
		["a TLV whose length goes past the end", rawPdu(5, body("\x02hi\x04\x24\xff\xffhi"))],
		["a TLV of length 0 that must not be empty", rawPdu(5, body("\x02hi\x04\x27\0\0"))],
		["a TLV cut in its header", rawPdu(5, body("\x02hi\x04\x24\0"))],
		["a receipted_message_id without its NUL", rawPdu(5, body("\x02hi\0\x1e\0\x02id\x04\x27\0\x01\x02"))],
		["a PDU of 70,000 octets", rawPdu(5, Buffer.alloc(70_000 - 16, 1))],
	])("still serves its peer after %s", async (_, pdu) => {
		const pair = await aPair(side);

		pair.peer.write(pdu);

		await expectToServe(side, pair, 2);
		expect(pair.session.boundAs).toBe("transceiver");
	});

	it.each([
		["0", Buffer.alloc(16)],
		["1", Buffer.of(0, 0, 0, 1)],
		["4", Buffer.of(0, 0, 0, 4)],
		["8", Buffer.of(0, 0, 0, 8, 0, 0, 0, 21)],
		["15", Buffer.concat([Buffer.of(0, 0, 0, 15), Buffer.alloc(11)])],
		["70,001", Buffer.of(0, 1, 0x11, 0x71)],
		["an HTTP request's", Buffer.from("POST / HTTP/1.1\r\n\r\n")],
		["a TLS hello's", Buffer.from("16030100c8010000c40303", "hex")],
	])("closes its connection at a command_length of %s", async (_, octets) => {
		const pair = await aPair(side);
		const waiting = pair.session.request({ command: asked[side === "esme" ? "smsc" : "esme"] });

		pair.peer.write(octets);

		expect(await pair.session.ended).toMatch(/^command_length/);
		await waiting;
		expect(pair.session.boundAs).toBeUndefined();
	});

	it("does not act on an incomplete PDU, and notices that its peer has closed", async () => {
		const pair = await aPair(side);

		pair.peer.end(
			encodePdu({ command: asked[side], sequence_number: 2, fields: sampleFields[asked[side]] }).subarray(0, 40),
		);

		expect(await pair.session.ended).toBe("closed by the peer");
		expect(pair.answers.size).toBe(0);
	});
});
