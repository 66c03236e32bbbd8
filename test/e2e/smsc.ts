import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { MessageFields, Pdu, RequestPdu } from "#smpp/wire/pdu.ts";

/** The operator settings that bind to such an SMSC, without the port. Several operators need a system_id each. */
export const anSmscLogin = {
	host: "127.0.0.1",
	system_id: "smsgw",
	password: "secret",
	binds: 1,
	tps: 1_000,
	window: 50,
} as const;

/** What an SMSC does with a submit_sm instead of accepting it; `take` accepts it. */
export type SubmitBehaviour = (line: Socket, take: () => Promise<SmppResponse>) => SmppResponse | Promise<SmppResponse>;

/**
 * An SMSC of one test. It accepts and delivers every message, and lets the test act before it responds. It sends a
 * receipt again until the response is ESME_ROK.
 */
export type TestSmsc = {
	readonly server: Server;
	/** Every submit_sm, in order; times are of the monotonic clock. */
	readonly submits: {
		readonly recipient: string;
		readonly octets: Buffer;
		readonly at: number;
		/** The number of its bind, counted from 1, and the time of that bind. */
		readonly bind: number;
		readonly boundAt: number;
	}[];
	/** The binds that stand, the most that stood at once, and all binds so far. */
	readonly binds: { now: number; most: number; ever: number };
	/** Runs once, at the next submit_sm. */
	onSubmit: (() => Promise<void>) | undefined;
	/** Replaces acceptance until the test resets it. */
	behaviour: SubmitBehaviour | undefined;
	/** Closes every connection; new ones are accepted. */
	drop(): void;
	/** Reads again from connections where a behaviour has stopped reading. */
	resume(): void;
	readonly sessions: Session[];
	/** The system_id that each session bound with. */
	readonly systemIds: WeakMap<Session, string>;
	/** Sends a deliver_sm on a session; returns the command_status of the response; throws if there is none. */
	deliver(session: number, fields: Partial<MessageFields>): Promise<number>;
	close(): void;
};

export function anSmsc(): TestSmsc {
	const sockets = new Set<Socket>();
	const smsc: TestSmsc = {
		server: createServer((socket) => {
			sockets.add(socket);
			serve(socket, smsc);
		}),
		submits: [],
		binds: { now: 0, most: 0, ever: 0 },
		onSubmit: undefined,
		behaviour: undefined,
		sessions: [],
		systemIds: new WeakMap(),
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

/** A response may take as long as the test needs. */
const limits = { ...defaultSessionLimits, serveMs: 10 * 60_000 };

function serve(socket: Socket, smsc: TestSmsc): void {
	let bound = { bind: 0, boundAt: 0, systemId: "" };
	const session: Session = openSession(socket, {
		side: "smsc",
		limits,
		log: () => undefined,
		now: () => performance.now(),
		onBound() {
			smsc.sessions.push(session);
			smsc.binds.now += 1;
			smsc.binds.ever += 1;
			bound = { ...bound, bind: smsc.binds.ever, boundAt: performance.now() };
			smsc.systemIds.set(session, bound.systemId);
			smsc.binds.most = Math.max(smsc.binds.most, smsc.binds.now);
		},
		async serve(pdu): Promise<SmppResponse> {
			if (pdu.command === "submit_sm") return await answerSubmit(socket, pdu, bound, smsc);
			if ("system_id" in pdu.fields) bound = { ...bound, systemId: pdu.fields.system_id };
			return { command_status: 0, fields: replyTo(pdu) };
		},
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
	{ bind, boundAt, systemId }: { readonly bind: number; readonly boundAt: number; readonly systemId: string },
	smsc: TestSmsc,
): Promise<SmppResponse> {
	const { destination_addr: recipient, short_message: octets } = fields;
	smsc.submits.push({ recipient, octets, at: performance.now(), bind, boundAt });
	const act = smsc.onSubmit;
	smsc.onSubmit = undefined;
	await act?.();
	const take = async () => {
		const message_id = randomUUID().slice(0, 20);
		setImmediate(() => void deliverReceipt(smsc, systemId, receiptOf(message_id, fields)));
		return { command_status: 0, fields: { message_id } };
	};
	return smsc.behaviour === undefined ? await take() : await smsc.behaviour(line, take);
}

type Addresses = Pick<MessageFields, "source_addr" | "destination_addr">;

/** Of a delivered message with these addresses. */
export function receiptOf(id: string, { source_addr, destination_addr }: Addresses) {
	const short_message = Buffer.from(`id:${id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:`);
	return { source_addr: destination_addr, destination_addr: source_addr, esm_class: 4, short_message };
}

/** The delay before a receipt is sent again. */
const againMs = 200;

/** To the newest session of the system_id that submitted: the receipt would mean nothing to another operator's bind. */
async function deliverReceipt(smsc: TestSmsc, systemId: string, fields: Partial<MessageFields>): Promise<void> {
	while (smsc.server.listening) {
		const session = smsc.sessions.findLast((one) => smsc.systemIds.get(one) === systemId);
		const outcome = await session?.request({ command: "deliver_sm", fields });
		if (outcome?.kind === "answered" && outcome.response.command_status === 0) return;
		await wait(againMs);
	}
}
