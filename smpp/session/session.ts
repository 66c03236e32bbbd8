import type { Socket } from "node:net";
import { errorSummary } from "#shared/domain/faults.ts";
import type { RequestName } from "#smpp/wire/pdu.ts";
import { noBytes } from "#smpp/wire/read-fields.ts";
import { batchedWriter } from "./batched-writer.ts";
import { type BoundAs, isBound } from "./bind-states.ts";
import {
	type Connection,
	drained,
	endConnection,
	finishConnection,
	regulateReading,
	type SessionOptions,
	wakeDrainWaiters,
} from "./connection.ts";
import { answer, receive } from "./dispatch.ts";
import type { RequestOutcome } from "./in-flight.ts";
import { openIncomingRequests } from "./incoming-requests.ts";
import { type OutgoingRequest, openOutgoingRequests } from "./outgoing-requests.ts";
import type { SessionLimits } from "./session-limits.ts";
import { peerHeard, startTimers, tick } from "./session-timers.ts";

/** One SMPP connection, from either side. */
export type Session = {
	/** Undefined before the bind, and from the moment that the connection ends. */
	readonly boundAs: BoundAs | undefined;
	readonly inFlight: number;
	/** Resolves once with the outcome. Never rejects. */
	request<Name extends RequestName>(request: OutgoingRequest<Name>): Promise<RequestOutcome>;
	/** Whether the peer sends anything within this time, for which it is asked by enquire_link. False if the session ends. */
	probe(withinMs: number): Promise<boolean>;
	/** Sends no more requests, waits up to `drainMs` for answers on both sides, unbinds and closes. */
	unbind(drainMs: number): Promise<void>;
	/** Closes at once. Unanswered requests end as disconnected. */
	close(reason: string): void;
	readonly ended: Promise<string>;
};

/** Often enough for the shortest limit. */
function heartbeatMs(limits: SessionLimits): number {
	const shortestMs = Math.min(limits.bindMs, limits.answerMs, limits.serveMs, limits.idleMs, limits.enquireLinkMs);
	return Math.max(5, Math.min(250, shortestMs / 4));
}

/** If the peer's own requests keep us from reading, its answers are not late. */
function expireRequests(connection: Connection, now: number): void {
	const { limits } = connection.options;
	connection.incomingRequests.expire(now - limits.serveMs);
	if (connection.incomingRequests.isSaturated) connection.timers = peerHeard(connection.timers, now);
	else connection.outgoingRequests.expire(now - limits.answerMs);
	wakeDrainWaiters(connection);
}

function onHeartbeat(connection: Connection): void {
	if (connection.phase === "ended") return;
	const now = connection.options.now();
	if (connection.closing !== undefined) {
		if (now > connection.closing.until) endConnection(connection, connection.closing.reason);
		return;
	}
	expireRequests(connection, now);
	const [verdict, timers] = tick(connection.timers, now);
	connection.timers = timers;
	if (verdict === "enquire") void connection.outgoingRequests.send({ command: "enquire_link" });
	if (verdict === "give_up") endConnection(connection, timers.bound ? "no answer to enquire_link" : "no bind in time");
}

/** A peer that was heard a moment ago is not asked again, and one that we do not read now is not blamed. */
const heardRecentlyMs = 500;

async function probe(connection: Connection, withinMs: number): Promise<boolean> {
	const startedAt = connection.options.now();
	const { incomingRequests, outgoingRequests } = connection;
	const isUp = () => connection.phase === "up";
	const isHeard = () => incomingRequests.isSaturated || connection.timers.lastHeardAt > startedAt - heardRecentlyMs;
	if (isUp() && isHeard()) return true;
	const limit = Promise.withResolvers<void>();
	const timer = setTimeout(limit.resolve, withinMs);
	const asked = isUp() ? [outgoingRequests.send({ command: "enquire_link" })] : [];
	await Promise.race([...asked, limit.promise, connection.ended.promise]);
	clearTimeout(timer);
	return isUp() && isHeard();
}

async function unbind(connection: Connection, drainMs: number): Promise<void> {
	if (connection.phase === "up") {
		connection.phase = "draining";
		await drained(connection, drainMs);
		if (isBound(connection.state)) await connection.outgoingRequests.send({ command: "unbind" });
		finishConnection(connection, "unbound");
	}
	await connection.ended.promise;
}

/** The peer sends no more. A client may still read, so its requests are answered before the connection closes. */
async function onPeerEnded(connection: Connection): Promise<void> {
	if (connection.options.side === "smsc" && connection.phase === "up") {
		connection.phase = "draining";
		connection.outgoingRequests.connectionLost();
		await drained(connection, connection.options.limits.serveMs);
	}
	finishConnection(connection, "closed by the peer");
}

function openConnection(socket: Socket, options: SessionOptions): Connection {
	const { limits, now, log } = options;
	const writer = batchedWriter(socket, limits.outgoingOctetsMax, () => regulateReading(connection));
	const incomingRequests = openIncomingRequests({
		serve: options.serve,
		answer: (request, given) => answer(connection, request, given),
		onFailed: (request, error) => log("request.handler_failed", { command: request.command, err: errorSummary(error) }),
		onAnswered() {
			regulateReading(connection);
			wakeDrainWaiters(connection);
		},
		now,
		max: limits.servingMax,
	});
	const connection: Connection = {
		socket,
		options,
		writer,
		incomingRequests,
		outgoingRequests: openOutgoingRequests(writer, now),
		phase: "up",
		state: "open",
		timers: startTimers(limits, now()),
		remainder: noBytes,
		reading: true,
		unboundOctets: 0,
		violations: 0,
		closing: undefined,
		drainWaiters: new Set(),
		ended: Promise.withResolvers(),
		heartbeat: undefined,
	};
	return connection;
}

export function openSession(socket: Socket, options: SessionOptions): Session {
	const connection = openConnection(socket, options);
	socket.setNoDelay(true);
	socket.on("data", (chunk: Buffer) => receive(connection, chunk));
	socket.on("end", () => void onPeerEnded(connection));
	socket.on("error", (error) => endConnection(connection, `socket: ${error.message}`));
	socket.on("close", () => endConnection(connection, "closed by the peer"));
	/* After the poll phase: if our process was stalled, what has arrived is read before the peer counts as silent. */
	connection.heartbeat = setInterval(() => setImmediate(onHeartbeat, connection), heartbeatMs(options.limits));
	return {
		get boundAs() {
			return connection.phase === "up" && isBound(connection.state) ? connection.state : undefined;
		},
		get inFlight() {
			return connection.outgoingRequests.size;
		},
		async request(request) {
			return connection.phase === "up" ? connection.outgoingRequests.send(request) : { kind: "unsent" };
		},
		probe: (withinMs) => probe(connection, withinMs),
		unbind: (drainMs) => unbind(connection, drainMs),
		close: (reason) => endConnection(connection, reason),
		ended: connection.ended.promise,
	};
}

/** Unbinds, and closes the connection if that takes longer than the limit. */
export async function unbindWithin(
	session: Session,
	reason: string,
	{ withinMs, drainMs }: { readonly withinMs: number; readonly drainMs: number },
): Promise<void> {
	const limit = setTimeout(() => session.close(reason), withinMs);
	await session.unbind(drainMs);
	clearTimeout(limit);
}
