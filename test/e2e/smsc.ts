import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { MessageFields, Pdu, RequestPdu } from "#smpp/wire/pdu.ts";

/** What an operator's entry needs beside its port to be bound to such an SMSC. */
export const anSmscLogin = {
	host: "127.0.0.1",
	system_id: "smsgw",
	password: "secret",
	binds: 1,
	tps: 1_000,
	window: 50,
} as const;

/** How an SMSC meets a submit_sm in the place of taking it, on whose line, and how it would take it. */
export type SubmitBehaviour = (line: Socket, take: () => Promise<SmppResponse>) => SmppResponse | Promise<SmppResponse>;

/**
 * An SMSC of a test's own, which takes and delivers everything, and lets the test act before it answers. A receipt that is not answered
 * with ESME_ROK is sent again.
 */
export type Smsc = {
	readonly server: Server;
	/** With the moment of each, by a clock that goes forward. */
	readonly submits: {
		readonly recipient: string;
		readonly octets: Buffer;
		readonly at: number;
		/** On which bind it came, of all there ever were, and when that came up. */
		readonly bind: number;
		readonly boundAt: number;
	}[];
	/** How many binds stand, how many did at once at the most, and how many there ever were. */
	readonly binds: { now: number; most: number; ever: number };
	/** Done once, at the next submit_sm. */
	onSubmit: (() => Promise<void>) | undefined;
	/** Bad ones, for as long as the test leaves them to it. */
	behaviour: SubmitBehaviour | undefined;
	/** Drops every line; new ones are welcome. */
	drop(): void;
	/** Reads on where a manner has stopped. */
	resume(): void;
	/** Those that stand, the eldest first. */
	readonly sessions: Session[];
	/** Delivers on one of them, and gives the command_status that it was answered with; throws where there was none. */
	deliver(session: number, fields: Partial<MessageFields>): Promise<number>;
	close(): void;
};

export function anSmsc(): Smsc {
	const sockets = new Set<Socket>();
	const smsc: Smsc = {
		server: createServer((socket) => {
			sockets.add(socket);
			serve(socket, smsc);
		}),
		submits: [],
		binds: { now: 0, most: 0, ever: 0 },
		onSubmit: undefined,
		behaviour: undefined,
		sessions: [],
		async deliver(index, fields) {
			const outcome = await smsc.sessions[index]?.request({ command: "deliver_sm", fields });
			if (outcome?.kind !== "answered") throw new Error(`deliver_sm: ${outcome?.kind ?? "no session"}`);
			return outcome.response.command_status;
		},
		resume() {
			for (const socket of sockets) socket.resume();
		},
		drop() {
			for (const socket of sockets) socket.destroy();
			sockets.clear();
		},
		close() {
			smsc.drop();
			smsc.server.close();
		},
	};
	return smsc;
}

export async function portOf(server: Pick<Server, "listen" | "address"> & NodeJS.EventEmitter): Promise<number> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return (server.address() as AddressInfo).port;
}

/** It may be as slow as it likes, and say so to nobody. */
const limits = { ...defaultSessionLimits, serveMs: 10 * 60_000 };

function serve(socket: Socket, smsc: Smsc): void {
	let bound = { bind: 0, boundAt: 0 };
	const session: Session = openSession(socket, {
		side: "smsc",
		limits,
		log: () => undefined,
		now: () => performance.now(),
		onBound() {
			smsc.sessions.push(session);
			smsc.binds.now += 1;
			smsc.binds.ever += 1;
			bound = { bind: smsc.binds.ever, boundAt: performance.now() };
			smsc.binds.most = Math.max(smsc.binds.most, smsc.binds.now);
		},
		serve: async (pdu): Promise<SmppResponse> =>
			pdu.command === "submit_sm"
				? await answerSubmit(socket, pdu, bound, smsc)
				: { command_status: 0, fields: replyTo(pdu) },
	});
	void session.ended.then(() => {
		const place = smsc.sessions.indexOf(session);
		if (place < 0) return;
		smsc.sessions.splice(place, 1);
		smsc.binds.now -= 1;
	});
}

const replyTo = ({ command }: RequestPdu) => (command.startsWith("bind") ? { system_id: "smsc" } : {});

async function answerSubmit(
	line: Socket,
	{ fields }: Pdu<"submit_sm">,
	bound: { readonly bind: number; readonly boundAt: number },
	smsc: Smsc,
): Promise<SmppResponse> {
	const { destination_addr: recipient, short_message: octets } = fields;
	smsc.submits.push({ recipient, octets, at: performance.now(), ...bound });
	const act = smsc.onSubmit;
	smsc.onSubmit = undefined;
	await act?.();
	const take = async () => {
		const message_id = randomUUID().slice(0, 20);
		setImmediate(() => void deliverReceipt(smsc, receiptOf(message_id, fields)));
		return { command_status: 0, fields: { message_id } };
	};
	return smsc.behaviour === undefined ? await take() : await smsc.behaviour(line, take);
}

function receiptOf(id: string, { source_addr, destination_addr }: MessageFields): Partial<MessageFields> {
	const short_message = Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`);
	return { source_addr: destination_addr, destination_addr: source_addr, esm_class: 4, short_message };
}

/** Before a receipt is sent again. */
const againMs = 200;

async function deliverReceipt(smsc: Smsc, fields: Partial<MessageFields>): Promise<void> {
	while (smsc.server.listening) {
		const outcome = await smsc.sessions.at(-1)?.request({ command: "deliver_sm", fields });
		if (outcome?.kind === "answered" && outcome.response.command_status === 0) return;
		await wait(againMs);
	}
}
