import type { Socket } from "node:net";
import type { Asking } from "./asking.ts";
import type { BatchedWriter } from "./batched-writer.ts";
import type { BindState, BoundAs, Side } from "./bind-states.ts";
import type { Serve, Serving } from "./serving.ts";
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
export type Line = {
	readonly socket: Socket;
	readonly options: SessionOptions;
	readonly writer: BatchedWriter;
	readonly asking: Asking;
	readonly serving: Serving;
	/** up: in use. draining: no new requests of ours. finishing: ended by us, the peer's end awaited. ended: over. */
	phase: "up" | "draining" | "finishing" | "ended";
	state: BindState;
	timers: SessionTimers;
	/** The beginning of a PDU whose end has not come yet. */
	rest: Buffer;
	reading: boolean;
	/** Octets that came before the bind. */
	unboundOctets: number;
	/** Malformed, misplaced and unasked-for PDUs so far. */
	wrongs: number;
	/** Why the line is being finished, and until when the peer may take for it. */
	farewell: { readonly reason: string; readonly until: number } | undefined;
	readonly drainWaiters: Set<() => void>;
	readonly ended: PromiseWithResolvers<string>;
	heartbeat: NodeJS.Timeout | undefined;
};

/** How long the peer may take to end its half once we have ended ours: a new line waits for it. */
const farewellMs = 2_000;

/** Over, now: everybody who waits is told, and the first reason stays. */
export function endLine(line: Line, reason: string): void {
	if (line.phase === "ended") return;
	line.phase = "ended";
	clearInterval(line.heartbeat);
	line.asking.fall();
	line.serving.abandon();
	noteProgress(line);
	line.socket.destroy();
	line.ended.resolve(line.farewell?.reason ?? reason);
}

/** Writes what is left, ends our half, and gives the peer a while to end its own. Nothing that still comes is looked at. */
export function finishLine(line: Line, reason: string): void {
	if (line.phase === "finishing" || line.phase === "ended") return;
	line.phase = "finishing";
	line.farewell = { reason, until: line.options.now() + farewellMs };
	line.writer.flush();
	line.asking.fall();
	line.serving.abandon();
	noteProgress(line);
	line.socket.end();
	line.socket.resume();
}

/** Reads on, or stops: when more requests wait, or more octets for a peer that does not read, than the limits allow. */
export function regulateReading(line: Line): void {
	const wanted = line.phase === "finishing" || !(line.serving.crowded || line.writer.full);
	if (wanted === line.reading) return;
	line.reading = wanted;
	if (wanted) line.socket.resume();
	else line.socket.pause();
}

export function isDrained(line: Line): boolean {
	return line.phase === "ended" || (line.asking.size === 0 && line.serving.idle);
}

/** To be called after whatever may have emptied the line. */
export function noteProgress(line: Line): void {
	if (line.drainWaiters.size === 0 || !isDrained(line)) return;
	for (const drained of line.drainWaiters) drained();
	line.drainWaiters.clear();
}

/** Resolves when nothing of ours waits for an answer and nothing of the peer's for ours, or after the limit. */
export async function drained(line: Line, limitMs: number): Promise<void> {
	if (isDrained(line)) return;
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, limitMs);
	line.drainWaiters.add(resolve);
	await promise;
	clearTimeout(timer);
	line.drainWaiters.delete(resolve);
}
