import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { SessionOptions } from "#smpp/session/connection.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits, type SessionLimits } from "#smpp/session/session-limits.ts";
import { decodePdu } from "#smpp/wire/decode-pdu.ts";
import { encodePdu } from "#smpp/wire/encode-pdu.ts";
import { splitPdus } from "#smpp/wire/framing.ts";
import type { CommandName, Pdu } from "#smpp/wire/pdu.ts";

/** A TCP server on a free port, unless a port is given; stops after the test. */
export async function aServer(onSocket: (socket: Socket) => void, port = 0): Promise<{ port: number; fall(): void }> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => socket.destroy());
		onSocket(socket);
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const fall = () => {
		server.close();
		for (const socket of sockets) socket.destroy();
	};
	onTestFinished(fall);
	return { port: (server.address() as AddressInfo).port, fall };
}

export async function aConnection(port: number): Promise<Socket> {
	const socket = connect(port, "127.0.0.1");
	onTestFinished(() => void socket.destroy());
	await once(socket, "connect");
	return socket;
}

/** Collects every PDU that arrives on the socket, in order, and passes each to `onPdu`. */
export function pdusOn(socket: Socket, onPdu: (pdu: Pdu) => void = () => undefined): Pdu[] {
	const pdus: Pdu[] = [];
	let remainder: Buffer = Buffer.alloc(0);
	socket.on("data", (chunk: Buffer) => {
		const split = splitPdus(remainder, chunk);
		remainder = split.remainder;
		for (const bytes of split.pdus) {
			const decoded = decodePdu(bytes);
			if (decoded.kind === "malformed") throw new Error(`we sent a malformed PDU: ${decoded.reason}`);
			pdus.push(decoded.pdu);
			onPdu(decoded.pdu);
		}
	});
	return pdus;
}

/** Answers every request with ESME_ROK, except the named commands; returns the received PDUs. */
export function answerAll(socket: Socket, except: readonly CommandName[] = []): Pdu[] {
	return pdusOn(socket, ({ command, sequence_number }) => {
		if (command.endsWith("_resp") || command === "generic_nack" || except.includes(command)) return;
		socket.write(encodePdu<CommandName>({ command: `${command}_resp` as CommandName, sequence_number }));
	});
}

type Serve = SessionOptions["serve"];

type Overrides = Partial<SessionLimits> & { serve?: Serve; onBound?: NonNullable<SessionOptions["onBound"]> };

/** Session options with the default limits and a test's overrides. */
export function sessionOptions(side: "esme" | "smsc", overrides: Overrides = {}): SessionOptions {
	const { serve = () => ({ command_status: 0 }), onBound, ...limits } = overrides;
	return {
		side,
		limits: { ...defaultSessionLimits, ...limits },
		serve,
		...(onBound === undefined ? {} : { onBound }),
		log: () => undefined,
		now: () => performance.now(),
	};
}

/** Our session as an SMSC, and the raw socket of its ESME. */
export async function anEsmeWithSession(
	overrides: Overrides = {},
): Promise<{ esme: Socket; session: Session; ours: Socket }> {
	const accepted = Promise.withResolvers<Socket>();
	const { port } = await aServer(accepted.resolve);
	const esme = await aConnection(port);
	const ours = await accepted.promise;
	return { esme, session: openSession(ours, sessionOptions("smsc", overrides)), ours };
}

/** Our bound session as an ESME, and the raw socket of its SMSC. */
export async function aBoundLine(overrides: Overrides = {}): Promise<{ smsc: Socket; session: Session; ours: Socket }> {
	const accepted = Promise.withResolvers<Socket>();
	const { port } = await aServer(accepted.resolve);
	const ours = await aConnection(port);
	const smsc = await accepted.promise;
	const session = openSession(ours, sessionOptions("esme", overrides));
	const bind = session.request({ command: "bind_transceiver" });
	await once(smsc, "data");
	smsc.write(encodePdu({ command: "bind_transceiver_resp", sequence_number: 1 }));
	await bind;
	return { smsc, session, ours };
}
