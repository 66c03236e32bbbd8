import type { Socket } from "node:net";
import { neighbourhoodOf } from "#shared/domain/accounts/login-throttling.ts";
import { errorSummary } from "#shared/domain/faults.ts";
import type { Log } from "#shared/log.ts";
import type { Metrics } from "#shared/metrics.ts";
import { type BoundAs, isBindName } from "#smpp/session/bind-states.ts";
import type { SmppResponse } from "#smpp/session/incoming-requests.ts";
import { openSession, type Session, unbindWithin } from "#smpp/session/session.ts";
import { defaultSessionLimits, type SessionLimits } from "#smpp/session/session-limits.ts";
import type { Pdu, RequestPdu } from "#smpp/wire/pdu.ts";
import { commandStatuses } from "#smpp/wire/statuses.ts";
import { octetTlv } from "#smpp/wire/tlvs.ts";
import { smppVersion, supportsTlvs } from "#smpp/wire/version.ts";
import type { BindAdmission, BindAdmissionOutcome } from "./bind-admission.ts";
import { answerRequest, type ClientRequestDeps } from "./client-requests.ts";
import type { Receiver } from "./receiver.ts";
import type { Receivers } from "./receivers.ts";
import type { SessionLease } from "./session-lease.ts";

export type ClientDeps = ClientRequestDeps & {
	readonly admit: BindAdmission;
	readonly receivers: Receivers;
	readonly metrics: Pick<Metrics, "count">;
	readonly log: Log;
	readonly sessionLimits?: Partial<SessionLimits>;
	readonly onBound: () => void;
};

/**
 * `servingMax` is above any account's window, which is checked apart. A peer that does not read is not read, and so
 * falls silent and is closed.
 */
const clientLimits: SessionLimits = {
	...defaultSessionLimits,
	bindMs: 5_000,
	unboundOctetsMax: 4_096,
	unboundViolationsMax: 3,
	servingMax: 1_100,
	outgoingOctetsMax: 256 * 1_024,
};

/** How long a client has to answer while another bind waits for its place; that bind has `bindMs`. */
const probeMs = 2_500;

/** How long an evicted client has to answer its unbind. */
const unbindClientMs = 2_000;

/** A refused name may be as long as a PDU. */
const loggedNameMax = 64;

/** The gateway's system_id in a bind's answer. */
const ourSystemId = "SMSGW";

export type ClientSession = {
	/** Resolves when the connection is closed and its session lease released. */
	readonly ended: Promise<void>;
	/** Unbinds the client, and closes the connection after this at the latest. */
	stop(withinMs: number): Promise<void>;
};

type BoundClient = { readonly sessionLease: SessionLease; readonly interfaceVersion: number };

type ClientState = {
	readonly deps: ClientDeps;
	readonly address: string;
	readonly session: Session;
	boundClient: BoundClient | undefined;
	receiver: Receiver | undefined;
	requestsInProgress: number;
	hasEnded: boolean;
};

export function serveClient(socket: Socket, address: string, deps: ClientDeps): ClientSession {
	const session = openSession(socket, {
		side: "smsc",
		limits: { ...clientLimits, ...deps.sessionLimits },
		serve: (pdu) => serve(client, pdu),
		onBound: (as) => onClientBound(client, as),
		onUnbinding: async () => await release(client),
		log: (event, details) => deps.sampledLog("info", event, { address, ...details }, neighbourhoodOf(address)),
		now: () => performance.now(),
	});
	const client: ClientState = {
		deps,
		address,
		session,
		boundClient: undefined,
		receiver: undefined,
		requestsInProgress: 0,
		hasEnded: false,
	};
	return {
		ended: session.ended.then(async (reason) => await onClientEnded(client, reason)),
		stop: async (withinMs) => await unbindClient(session, "stopped", withinMs),
	};
}

async function unbindClient(session: Session, reason: string, withinMs: number): Promise<void> {
	await unbindWithin(session, reason, { withinMs, drainMs: withinMs / 2 });
}

function serve(client: ClientState, pdu: RequestPdu): SmppResponse | Promise<SmppResponse> {
	const { boundClient, deps } = client;
	if (isBindPdu(pdu)) {
		/* After an unbind the protocol allows a new bind, but the lease is released only at the end. */
		return boundClient === undefined ? bind(client, pdu) : { command_status: commandStatuses.ESME_RALYBND };
	}
	if (boundClient === undefined) return { command_status: commandStatuses.ESME_RINVBNDSTS };
	const { account, holder } = boundClient.sessionLease;
	if (client.requestsInProgress >= (account.smpp?.windowMax ?? 0)) {
		return withRefusalsCounted(deps, { command_status: commandStatuses.ESME_RTHROTTLED });
	}
	client.requestsInProgress += 1;
	return answerRequest(deps, account, pdu, { session: client.receiver ? holder : null, address: client.address })
		.then((answer) => withRefusalsCounted(deps, answer))
		.finally(() => {
			client.requestsInProgress -= 1;
		});
}

function withRefusalsCounted({ metrics }: ClientDeps, answer: SmppResponse): SmppResponse {
	if (answer.command_status === commandStatuses.ESME_RTHROTTLED) metrics.count("ClientsThrottled", 1, "smpp");
	if (answer.command_status !== commandStatuses.ESME_ROK) metrics.count("RequestsRefused", 1, "smpp");
	return answer;
}

type BindPdu = Pdu<"bind_receiver" | "bind_transmitter" | "bind_transceiver">;
const isBindPdu = (pdu: RequestPdu): pdu is BindPdu => isBindName(pdu.command);

async function bind(client: ClientState, { fields }: BindPdu): Promise<SmppResponse> {
	const { deps, address, session } = client;
	const { system_id, interface_version } = fields;
	const admitted = await admissionOf(client, fields);
	if (admitted.kind === "refused") {
		const { command_status, reason, err } = admitted;
		const details = {
			user_name: system_id.slice(0, loggedNameMax),
			address,
			reason,
			...(err !== undefined && { err }),
		};
		deps.sampledLog("warn", "client.bind_refused", details, `${reason} ${neighbourhoodOf(address)}`);
		/* A connection has one attempt to bind: it closes after the answer. */
		setImmediate(() => void session.unbind(0));
		return { command_status };
	}
	const { sessionLease } = admitted;
	client.boundClient = { sessionLease, interfaceVersion: interface_version };
	if (client.hasEnded) await sessionLease.release();
	void sessionLease.lost.then(async (reason) => {
		deps.log.warn("client.evicted", { user_name: sessionLease.account.userName, address, reason });
		await unbindClient(session, "evicted", unbindClientMs);
	});
	return {
		command_status: commandStatuses.ESME_ROK,
		fields: { system_id: ourSystemId },
		tlvs: supportsTlvs(interface_version) ? [octetTlv("sc_interface_version", smppVersion)] : [],
	};
}

/** Closes the session of a client that is gone or hung, so that a new bind can take its place. */
async function isAlive(session: Session): Promise<boolean> {
	const alive = await session.probe(probeMs);
	if (!alive) session.close("no answer when another bind needed its place");
	return alive;
}

type Refused = Extract<BindAdmissionOutcome, { kind: "refused" }> & { readonly err?: unknown };

/** A fault refuses the bind too: a client that retries on the same connection would not be limited. */
async function admissionOf(
	{ deps, address, session }: ClientState,
	fields: BindPdu["fields"],
): Promise<Refused | Extract<BindAdmissionOutcome, { kind: "admitted" }>> {
	try {
		return await deps.admit(fields, { address, isAlive: async () => await isAlive(session) });
	} catch (err) {
		const { ESME_RSYSERR: command_status } = commandStatuses;
		return { kind: "refused", command_status, reason: "a fault of ours", err: errorSummary(err) };
	}
}

function onClientBound(client: ClientState, as: BoundAs): void {
	const { boundClient, deps, address, session } = client;
	if (boundClient === undefined) return;
	const { sessionLease } = boundClient;
	deps.onBound();
	const { userName } = sessionLease.account;
	deps.sampledLog("info", "client.bound", { user_name: userName, address, as }, userName);
	if (as === "transmitter") return;
	client.receiver = {
		session: sessionLease.holder,
		address,
		get account() {
			return sessionLease.account;
		},
		get inFlight() {
			return session.inFlight;
		},
		get windowMax() {
			return sessionLease.account.smpp?.windowMax ?? 0;
		},
		deliver: async (request) =>
			await session.request(supportsTlvs(boundClient.interfaceVersion) ? request : { ...request, tlvs: [] }),
	};
	deps.receivers.add(client.receiver);
}

async function onClientEnded(client: ClientState, reason: string): Promise<void> {
	const { deps, boundClient, address } = client;
	client.hasEnded = true;
	if (boundClient !== undefined) {
		const { userName } = boundClient.sessionLease.account;
		deps.sampledLog("info", "client.disconnected", { user_name: userName, address, reason }, userName);
	}
	await release(client);
}

/** Before the answer to an unbind: the client may bind again as soon as it has the answer. */
async function release({ deps, boundClient, receiver }: ClientState): Promise<void> {
	if (receiver !== undefined) deps.receivers.remove(receiver);
	await boundClient?.sessionLease.release();
}
