import type { Socket } from "node:net";
import type { Log, Metrics } from "#shared/ports.ts";
import { type BoundAs, isBindName } from "#smpp/session/bind-states.ts";
import type { Answer } from "#smpp/session/serving.ts";
import { openSession, type Session } from "#smpp/session/session.ts";
import { type SessionLimits, usualLimits } from "#smpp/session/session-limits.ts";
import type { Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { octetTlv } from "#smpp/wire/tlvs.ts";
import type { Admission } from "./admission.ts";
import type { BindSeat } from "./bind-seats.ts";
import { answerRequest, knowsTlvs, type RequestDeps } from "./client-requests.ts";
import type { Receiver, Receivers } from "./receivers.ts";

export type ClientDeps = RequestDeps & {
	readonly admit: Admission;
	readonly receivers: Receivers;
	readonly metrics: Pick<Metrics, "count">;
	readonly log: Log;
	/** What differs from the usual bounds of a client's line: tests shorten them. */
	readonly lineLimits?: Partial<SessionLimits>;
};

/**
 * A peer that is not bound has a few seconds and a bind's worth of octets. One that does not read is not read either, then not
 * heard of, and so closed. The window is the account's: a request over it is refused, so the line itself takes more than any has.
 */
const clientLimits: SessionLimits = {
	...usualLimits,
	bindMs: 5_000,
	unboundOctetsMax: 4_096,
	servingMax: 1_100,
	outgoingOctetsMax: 256 * 1_024,
};

/** How long a client that may no longer be here has to leave. */
const dismissMs = 2_000;

/** What the gateway calls itself in a bind's answer, and the version that it speaks (section 5.3.2.25). */
const ourSystemId = "SMSGW";
const ourVersion = 0x34;

export type ClientSession = {
	/** Resolves when the line is over and its place given back. */
	readonly ended: Promise<void>;
	/** Unbinds the client, and closes the line at the latest after so long. */
	stop(withinMs: number): Promise<void>;
};

type Guest = { readonly seat: BindSeat; readonly interfaceVersion: number };

type Client = {
	readonly deps: ClientDeps;
	readonly address: string;
	readonly session: Session;
	guest: Guest | undefined;
	receiver: Receiver | undefined;
	/** Requests that wait for our answer. */
	working: number;
	over: boolean;
};

/** One client's line, from its connection to its end. */
export function serveClient(socket: Socket, address: string, deps: ClientDeps): ClientSession {
	const session = openSession(socket, {
		side: "smsc",
		limits: { ...clientLimits, ...deps.lineLimits },
		serve: (pdu) => serve(client, pdu),
		onBound: (as) => welcome(client, as),
		log: (event, details) => deps.log.info(event, { address, ...details }),
		now: () => performance.now(),
	});
	const client: Client = {
		deps,
		address,
		session,
		guest: undefined,
		receiver: undefined,
		working: 0,
		over: false,
	};
	return {
		ended: session.ended.then(async (reason) => await leave(client, reason)),
		stop: async (withinMs) => await dismiss(session, "stopped", withinMs),
	};
}

/** Unbinds a client; one that does not answer its unbind may not go on meanwhile. */
async function dismiss(session: Session, reason: string, withinMs: number): Promise<void> {
	const closing = setTimeout(() => session.close(reason), withinMs);
	await session.unbind(withinMs / 2);
	clearTimeout(closing);
}

function serve(client: Client, pdu: RequestPdu): Answer | Promise<Answer> {
	const { guest, deps } = client;
	if (isBindPdu(pdu)) {
		/* A line that is unbinding is open again to the protocol; its place is given back when it ends. */
		return guest === undefined ? bind(client, pdu) : { command_status: commandStatuses.ESME_RALYBND };
	}
	if (guest === undefined) return { command_status: commandStatuses.ESME_RINVBNDSTS };
	const { account } = guest.seat;
	if (client.working >= (account.smpp?.windowMax ?? 0)) {
		return counted(deps, { command_status: commandStatuses.ESME_RTHROTTLED });
	}
	client.working += 1;
	return answerRequest(deps, account, pdu, guest.interfaceVersion)
		.then((answer) => counted(deps, answer))
		.finally(() => {
			client.working -= 1;
		});
}

function counted({ metrics }: ClientDeps, answer: Answer): Answer {
	if (answer.command_status === commandStatuses.ESME_RTHROTTLED) metrics.count("ClientsThrottled", 1, "smpp");
	if (answer.command_status !== commandStatuses.ESME_ROK) metrics.count("RequestsRefused", 1, "smpp");
	return answer;
}

type BindPdu = Pdu<"bind_receiver" | "bind_transmitter" | "bind_transceiver">;
const isBindPdu = (pdu: RequestPdu): pdu is BindPdu => isBindName(pdu.command);

async function bind(client: Client, { fields }: BindPdu): Promise<Answer> {
	const { deps, address, session } = client;
	const { system_id, interface_version } = fields;
	const admitted = await deps.admit(fields, address);
	if (admitted.kind === "refused") {
		const { command_status, reason } = admitted;
		deps.log.warn("client.refused", { user_name: system_id, address, reason });
		/* A connection has one try: once its answer is written the line is closed. */
		setImmediate(() => void session.unbind(0));
		return { command_status };
	}
	const { seat } = admitted;
	client.guest = { seat, interfaceVersion: interface_version };
	if (client.over) await seat.release();
	void seat.lost.then(async (reason) => {
		deps.log.warn("client.dismissed", { user_name: system_id, address, reason });
		await dismiss(session, "dismissed", dismissMs);
	});
	return {
		command_status: commandStatuses.ESME_ROK,
		fields: { system_id: ourSystemId },
		tlvs: knowsTlvs(interface_version) ? [octetTlv("sc_interface_version", ourVersion)] : [],
	};
}

function welcome(client: Client, as: BoundAs): void {
	const { guest, deps, address, session } = client;
	if (guest === undefined) return;
	const { seat } = guest;
	deps.log.info("client.bound", { user_name: seat.account.userName, address, as });
	if (as === "transmitter") return;
	client.receiver = {
		get account() {
			return seat.account;
		},
		get inFlight() {
			return session.inFlight;
		},
		get windowMax() {
			return seat.account.smpp?.windowMax ?? 0;
		},
		deliver: async (request) =>
			await session.request(knowsTlvs(guest.interfaceVersion) ? request : { ...request, tlvs: [] }),
	};
	deps.receivers.add(client.receiver);
}

async function leave(client: Client, reason: string): Promise<void> {
	const { deps, guest, receiver, address } = client;
	client.over = true;
	if (receiver !== undefined) deps.receivers.remove(receiver);
	if (guest === undefined) return;
	deps.log.info("client.left", { user_name: guest.seat.account.userName, address, reason });
	await guest.seat.release();
}
