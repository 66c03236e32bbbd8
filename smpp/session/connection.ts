import type { Socket } from "node:net";
import type { BatchedWriter } from "./batched-writer.ts";
import type { BindState, BoundAs, Side } from "./bind-states.ts";
import type { IncomingRequests, Serve } from "./incoming-requests.ts";
import type { OutgoingRequests } from "./outgoing-requests.ts";
import type { SessionLimits } from "./session-limits.ts";
import type { SessionTimers } from "./session-timers.ts";

export type SessionLog = (event: string, details: Readonly<Record<string, unknown>>) => void;

export type SessionOptions = {
	readonly side: Side;
	readonly limits: SessionLimits;
	/** Works on each request that may come in this bind state; binds too, on the SMSC's side. */
	readonly serve: Serve;
	/** Called once the bind's answer is on its way, so that what is asked from here on comes after it. */
	readonly onBound?: (as: BoundAs) => void;
	readonly log: SessionLog;
	/** Milliseconds of a clock that only goes forward. */
	readonly now: () => number;
};

/** One connection and all that is known of it; the functions beside it move it on. */
export type Connection = {
	readonly socket: Socket;
	readonly options: SessionOptions;
	readonly writer: BatchedWriter;
	readonly outgoingRequests: OutgoingRequests;
	readonly incomingRequests: IncomingRequests;
	/** up: in use. draining: no new requests of ours. finishing: ended by us, the peer's end awaited. ended: over. */
	phase: "up" | "draining" | "finishing" | "ended";
	state: BindState;
	timers: SessionTimers;
	/** The beginning of a PDU whose end has not come yet. */
	remainder: Buffer;
	reading: boolean;
	/** Octets that came before the bind. */
	unboundOctets: number;
	/** Malformed, misplaced and unasked-for PDUs so far. */
	violations: number;
	/** Why the connection is being finished, and until when the peer may take for it. */
	closing: { readonly reason: string; readonly until: number } | undefined;
	readonly drainWaiters: Set<() => void>;
	readonly ended: PromiseWithResolvers<string>;
	heartbeat: NodeJS.Timeout | undefined;
};

/** How long the peer may take to end its half once we have ended ours: a new connection waits for it. */
const closeWaitMs = 2_000;

/** Over, now: everybody who waits is told, and the first reason stays. */
export function endConnection(connection: Connection, reason: string): void {
	if (connection.phase === "ended") return;
	connection.phase = "ended";
	clearInterval(connection.heartbeat);
	connection.outgoingRequests.connectionLost();
	connection.incomingRequests.dropQueued();
	wakeDrainWaiters(connection);
	connection.socket.destroy();
	connection.ended.resolve(connection.closing?.reason ?? reason);
}

/** Writes what is left, ends our half, and gives the peer a while to end its own. Nothing that still comes is looked at. */
export function finishConnection(connection: Connection, reason: string): void {
	if (connection.phase === "finishing" || connection.phase === "ended") return;
	connection.phase = "finishing";
	connection.closing = { reason, until: connection.options.now() + closeWaitMs };
	connection.writer.flush();
	connection.outgoingRequests.connectionLost();
	connection.incomingRequests.dropQueued();
	wakeDrainWaiters(connection);
	connection.socket.end();
	connection.socket.resume();
}

/** Reads on, or stops: when more requests wait, or more octets for a peer that does not read, than the limits allow. */
export function regulateReading(connection: Connection): void {
	const wanted =
		connection.phase === "finishing" || !(connection.incomingRequests.isSaturated || connection.writer.full);
	if (wanted === connection.reading) return;
	connection.reading = wanted;
	if (wanted) connection.socket.resume();
	else connection.socket.pause();
}

export function isDrained(connection: Connection): boolean {
	return connection.phase === "ended" || (connection.outgoingRequests.size === 0 && connection.incomingRequests.idle);
}

/** To be called after whatever may have emptied the connection. */
export function wakeDrainWaiters(connection: Connection): void {
	if (connection.drainWaiters.size === 0 || !isDrained(connection)) return;
	for (const drained of connection.drainWaiters) drained();
	connection.drainWaiters.clear();
}

/** Resolves when nothing of ours waits for an answer and nothing of the peer's for ours, or after the limit. */
export async function drained(connection: Connection, limitMs: number): Promise<void> {
	if (isDrained(connection)) return;
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, limitMs);
	connection.drainWaiters.add(resolve);
	await promise;
	clearTimeout(timer);
	connection.drainWaiters.delete(resolve);
}
