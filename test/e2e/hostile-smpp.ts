import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import { layoutsById } from "#smpp/wire/layouts.ts";
import type { FieldsOf } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { type Chance, hostileFrom, hostilePdus, mutatedBody, randomOctets } from "#test/fakes/hostile-pdus.ts";
import { rawPdu, sampleFields } from "#test/unit/smpp-samples.ts";
import { eventually } from "./client.ts";
import { receiptOf } from "./smsc.ts";

const responseBit = 0x80000000;
const genericNack = 0x80000000;
const bindTransceiver = 0x09;
const enquireLink = 0x15;
const submitSm = 0x04;
const known = new Set(Object.values(commandStatuses));

const noContent = Buffer.alloc(0);
const plain = { ...sampleFields.submit_sm, esm_class: 0, data_coding: 0, validity_period: "" };

/** PDUs that would do something if they were not changed, for either side. */
const usualPdus: readonly FieldsOf[] = [
	sampleFields,
	{
		...sampleFields,
		submit_sm: { ...plain, short_message: Buffer.from("hello") },
		deliver_sm: { ...plain, source_addr: "77011234567", destination_addr: "9090", short_message: Buffer.from("Hi") },
	},
	{
		...sampleFields,
		submit_sm: { ...plain, esm_class: 0x40, short_message: Buffer.from("0500030202014869", "hex") },
		deliver_sm: {
			...plain,
			esm_class: 4,
			short_message: Buffer.from(
				"id:1234567890 sub:001 dlvrd:001 submit date:2611280900 done date:2611280901 stat:DELIVRD err:000 text:",
			),
		},
	},
];

/** Octets that are no PDUs: the connection ends. */
function brokenStream(chance: Chance): Buffer {
	const ways = [
		() => Buffer.of(0, 0, 0, chance(16)),
		() => Buffer.of(0, 1 + chance(255), 0x11, 0x71 + chance(100)),
		() => Buffer.from("POST / HTTP/1.1\r\n\r\n"),
		() => Buffer.from("16030100c8010000c40303", "hex"),
		() => randomOctets(chance, 3_000),
		() => rawPdu(submitSm, randomOctets(chance, 200)).subarray(0, 17 + chance(20)),
	];
	return (ways[chance(ways.length)] ?? ways[0])?.() ?? noContent;
}

/** A connection that a test floods: it checks all that comes, and answers the gateway's own requests. */
export type FloodedLine = {
	readonly socket: Socket;
	/** Sends these PDUs, then waits for the answer to an enquire_link, and so for all of them to be read. */
	flood(pdus: readonly Buffer[]): Promise<void>;
	/** Resolves with the command_status of the answer to the request of this sequence_number. */
	answered(sequence: number): Promise<number>;
	/** Resolves when each request has its answer. */
	drained(): Promise<void>;
	/** Answers by command_status. */
	readonly statuses: Map<number, number>;
};

const withinMs = 30_000;

/** Requests that need no answer. */
const unansweredCommands = new Set(["alert_notification", "outbind"]);

function needsAnswer(commandId: number): boolean {
	return commandId < responseBit && !unansweredCommands.has(layoutsById.get(commandId)?.command ?? "");
}

/** @throws Error if it is no answer that the request may have. */
function checkAnswer(pdu: Buffer, requestId: number | undefined): void {
	const [commandId, status] = [pdu.readUInt32BE(4), pdu.readUInt32BE(8)];
	if (!known.has(status)) throw new Error(`command_status ${status}`);
	if (requestId === undefined) throw new Error(`an answer to nothing: ${pdu.toString("hex")}`);
	if (commandId !== genericNack && commandId !== requestId + responseBit)
		throw new Error(`command ${commandId.toString(16)} answers ${requestId.toString(16)}`);
}

function floodedLine(socket: Socket, onRequest: (pdu: Buffer) => readonly Buffer[]): FloodedLine {
	const asked = new Map<number, number>();
	const statuses = new Map<number, number>();
	const waiting = new Map<number, (status: number) => void>();
	const ended = Promise.withResolvers<never>();
	ended.promise.catch(() => undefined);
	let marker = 1;
	let remainder: Buffer = noContent;

	function take(pdu: Buffer): void {
		const [commandId, status, sequence] = [pdu.readUInt32BE(4), pdu.readUInt32BE(8), pdu.readUInt32BE(12)];
		if (commandId < responseBit) {
			for (const answer of onRequest(pdu)) socket.write(answer);
			return;
		}
		statuses.set(status, (statuses.get(status) ?? 0) + 1);
		waiting.get(sequence)?.(status);
		waiting.delete(sequence);
		if (sequence < hostileFrom) return;
		checkAnswer(pdu, asked.get(sequence));
		asked.delete(sequence);
	}

	function receive(chunk: Buffer): void {
		const split = splitPdus(remainder, chunk);
		remainder = Buffer.from(split.remainder);
		if (split.badLength !== undefined) throw new Error(`command_length ${split.badLength}`);
		for (const pdu of split.pdus) take(pdu);
	}

	socket.on("data", (chunk: Buffer) => {
		try {
			receive(chunk);
		} catch (error) {
			ended.reject(error);
			socket.destroy();
		}
	});
	socket.on("error", () => undefined);
	socket.on("close", () => ended.reject(new Error("the connection was closed")));

	const answered = (sequence: number) => {
		const { promise, resolve } = Promise.withResolvers<number>();
		waiting.set(sequence, resolve);
		return within(Promise.race([promise, ended.promise]));
	};
	return {
		socket,
		statuses,
		answered,
		async flood(pdus) {
			for (const pdu of pdus) {
				const commandId = pdu.readUInt32BE(4);
				if (needsAnswer(commandId)) asked.set(pdu.readUInt32BE(12), commandId);
			}
			marker += 1;
			socket.write(Buffer.concat([...pdus, rawPdu(enquireLink, "", marker)]));
			await answered(marker);
		},
		async drained() {
			await eventually(
				async () => asked.size,
				(left) => left === 0,
				withinMs,
			);
		},
	};
}

async function within<Result>(work: Promise<Result>): Promise<Result> {
	const limit = Promise.withResolvers<never>();
	const timer = setTimeout(() => limit.reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
	return await Promise.race([work, limit.promise]).finally(() => clearTimeout(timer));
}

/** Any but 4, for which the gateway makes a new connection. */
const oddStatus = (chance: Chance) => 5 + chance(250);

/** A request of the gateway answered: nine times of ten as it should be. */
function answerTo(pdu: Buffer, chance: Chance, body: string): readonly Buffer[] {
	const [commandId, sequence] = [pdu.readUInt32BE(4), pdu.readUInt32BE(12)];
	const right = rawPdu(commandId + responseBit, body, sequence);
	if (commandId === enquireLink || chance(10) !== 0) return [right];
	const mutated = mutatedBody(right.subarray(16), chance);
	switch (chance(4)) {
		case 0:
			return [rawPdu(commandId + responseBit, mutated, sequence, oddStatus(chance))];
		case 1:
			return [rawPdu(genericNack, "", sequence, oddStatus(chance)), right];
		case 2:
			return [right, right];
		default:
			return [rawPdu(0x80000009, mutated, sequence), right];
	}
}

/** A client's bound session, to be flooded. */
async function aFloodingClient(port: number, user: string, chance: Chance): Promise<FloodedLine> {
	const socket = connect(port, "127.0.0.1");
	const line = floodedLine(socket, (pdu) => answerTo(pdu, chance, "\0"));
	await once(socket, "connect");
	const fields = { ...sampleFields.bind_transceiver, system_id: user, password: user };
	socket.write(encodePdu({ command: "bind_transceiver", sequence_number: 1, fields }));
	if ((await line.answered(1)) !== 0) throw new Error("the bind was refused");
	return line;
}

/** A client leaves after this time, before the gateway closes a connection that does not bind. */
const patienceMs = 1_000;

/** Sends what is no bind over a connection of its own; resolves when it is closed by either side. */
async function sendUnbound(port: number, octets: Buffer): Promise<void> {
	const socket = connect(port, "127.0.0.1");
	socket.on("error", () => undefined);
	socket.resume();
	socket.write(octets);
	const leaving = setTimeout(() => socket.resetAndDestroy(), patienceMs);
	await once(socket, "close");
	clearTimeout(leaving);
}

export type FloodingSmsc = {
	readonly server: Server;
	/** Sessions that are bound. */
	readonly lines: readonly FloodedLine[];
	/** Whether it answers submits in odd ways. Without, it accepts and delivers them. */
	isOdd: boolean;
};

/** An SMSC that may send anything over the binds of the gateway. */
export function aFloodingSmsc(chance: Chance): FloodingSmsc {
	const lines: FloodedLine[] = [];
	let lastId = 0;
	const smsc: FloodingSmsc = {
		server: createServer((socket) => {
			const line: FloodedLine = floodedLine(socket, (pdu) => answers(pdu, line));
			socket.on("close", () => lines.splice(lines.indexOf(line), lines.includes(line) ? 1 : 0));
		}),
		lines,
		isOdd: false,
	};

	function answers(pdu: Buffer, line: FloodedLine): readonly Buffer[] {
		const [commandId, sequence] = [pdu.readUInt32BE(4), pdu.readUInt32BE(12)];
		if (commandId === bindTransceiver) {
			lines.push(line);
			return [rawPdu(commandId + responseBit, "smsc\0", sequence)];
		}
		if (commandId !== submitSm) return [rawPdu(commandId + responseBit, "", sequence)];
		lastId += 1;
		const body = `${floodId(lastId)}\0`;
		return smsc.isOdd
			? answerTo(pdu, chance, body)
			: [rawPdu(commandId + responseBit, body, sequence), receiptPdu(lastId)];
	}
	return smsc;
}

/** An altel number: the message that the SMSC delivers goes there. */
export const recipientOfFlood = "77080000000";

const floodId = (number: number) => `flood${number}`;

function receiptPdu(number: number): Buffer {
	const fields = receiptOf(floodId(number), { source_addr: "SMSGW", destination_addr: recipientOfFlood });
	return encodePdu({ command: "deliver_sm", sequence_number: 0x100000 + number, fields });
}

const burst = 100;
const hostilePdu = hostilePdus(usualPdus);
const hostileBurst = (chance: Chance) => Array.from({ length: burst }, () => hostilePdu(chance));

/** Floods from four sessions of the user and, now and then, from connections that do not bind. Returns the answers by command_status. */
export async function floodByClients(port: number, user: string, count: number, chance: Chance) {
	const statuses = new Map<number, number>();
	const unbound: Promise<void>[] = [];
	const lines = await Promise.all([1, 2, 3, 4].map(async () => await aFloodingClient(port, user, chance)));
	for (let sent = 0; sent < count; sent += burst * lines.length) {
		await Promise.all(lines.map(async (line) => await line.flood(hostileBurst(chance))));
		const octets = chance(2) === 0 ? brokenStream(chance) : hostilePdu(chance);
		if (chance(5) === 0) unbound.push(sendUnbound(port, octets));
	}
	await Promise.all(unbound);
	for (const line of lines) {
		await line.drained();
		for (const [status, times] of line.statuses) statuses.set(status, (statuses.get(status) ?? 0) + times);
		if (chance(2) === 0) line.socket.resetAndDestroy();
		else line.socket.end();
	}
	return statuses;
}

const burstsBetween = 20;

/** Floods over a bind of the gateway, and breaks it now and then. `between` runs every few bursts. */
export async function floodBySmsc(smsc: FloodingSmsc, count: number, chance: Chance, between: () => Promise<void>) {
	for (let bursts = 0; bursts < count / burst; bursts += burstsBetween) {
		const line = await eventually(
			async () => smsc.lines[0],
			(found) => found !== undefined,
		);
		if (line === undefined) return;
		await between();
		for (let sent = bursts; sent < count / burst && sent < bursts + burstsBetween; sent += 1)
			await line.flood(hostileBurst(chance));
		await line.drained();
		if (chance(3) !== 0) continue;
		line.socket.end(brokenStream(chance));
		await once(line.socket, "close");
	}
}
