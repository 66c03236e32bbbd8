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
	/** Answers each request that is allowed in this state, binds too on the SMSC's side. */
	readonly serve: Serve;
	/** Called when the bind's answer is queued: later requests come after it. */
	readonly onBound?: (as: BoundAs) => void;
	/** Called when the peer unbinds, before the answer, which waits for it up to `unbindDrainMs`. */
	readonly onUnbinding?: () => Promise<void>;
	readonly log: SessionLog;
	readonly now: () => number;
};

export type Connection = {
	readonly socket: Socket;
	readonly options: SessionOptions;
	readonly writer: BatchedWriter;
	readonly outgoingRequests: OutgoingRequests;
	readonly incomingRequests: IncomingRequests;
	/** draining: no new requests of ours. finishing: we have ended our half and wait for the peer. */
	phase: "up" | "draining" | "finishing" | "ended";
	state: BindState;
	timers: SessionTimers;
	remainder: Buffer;
	reading: boolean;
	unboundOctets: number;
	/** Malformed, misplaced and unexpected PDUs so far. */
	violations: number;
	/** Why the connection ends, and how long the peer may take. */
	closing: { readonly reason: string; readonly until: number } | undefined;
	readonly drainWaiters: Set<() => void>;
	readonly ended: PromiseWithResolvers<string>;
	heartbeat: NodeJS.Timeout | undefined;
};

const closeWaitMs = 2_000;

/** Ends the connection now. All waiters get their outcome. The first reason stays. */
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

/** Writes what is left, ends our half, and waits a while for the peer. What still comes is ignored. */
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

/** Stops reading while more requests wait than allowed, or more octets for a peer that does not read. */
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

/** Call after anything that may have completed the last request. */
export function wakeDrainWaiters(connection: Connection): void {
	if (connection.drainWaiters.size === 0 || !isDrained(connection)) return;
	for (const drained of connection.drainWaiters) drained();
	connection.drainWaiters.clear();
}

/** Resolves when no request waits for an answer on either side, or after the limit. */
export async function drained(connection: Connection, limitMs: number): Promise<void> {
	if (isDrained(connection)) return;
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, limitMs);
	connection.drainWaiters.add(resolve);
	await promise;
	clearTimeout(timer);
	connection.drainWaiters.delete(resolve);
}
