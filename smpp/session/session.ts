import type { Socket } from "node:net";
import { briefly } from "#shared/domain/faults.ts";
import type { RequestName } from "#smpp/wire/pdu.ts";
import { noBytes } from "#smpp/wire/read-fields.ts";
import { askingOver, type OutgoingRequest } from "./asking.ts";
import { batchedWriter } from "./batched-writer.ts";
import { type BoundAs, isBound } from "./bind-states.ts";
import { answer, receive } from "./dispatch.ts";
import type { RequestOutcome } from "./in-flight.ts";
import { drained, endLine, finishLine, type Line, noteProgress, regulateReading, type SessionOptions } from "./line.ts";
import { servingWith } from "./serving.ts";
import type { SessionLimits } from "./session-limits.ts";
import { heard, startTimers, tick } from "./session-timers.ts";

export type { SessionLog, SessionOptions } from "./line.ts";

/** One SMPP connection, from either side. It is used until it falls and never mended. */
export type Session = {
	/** What the line is bound as; undefined before the bind and once the line is going. */
	readonly boundAs: BoundAs | undefined;
	/** Requests of ours that wait for their answer. */
	readonly inFlight: number;
	/** Resolves once, never rejects: with the peer's answer, or with why there is none. */
	request<Name extends RequestName>(request: OutgoingRequest<Name>): Promise<RequestOutcome>;
	/** Takes no more requests, waits for answers on both sides at most that long, unbinds, closes. Resolves when it is over. */
	unbind(drainMs: number): Promise<void>;
	/** Closes at once. Whoever waits for an answer is told that the line fell. */
	close(reason: string): void;
	/** Resolves with the reason when the line is over. */
	readonly ended: Promise<string>;
};

/** Often enough for the shortest of the limits. */
function heartbeatMs(limits: SessionLimits): number {
	const shortestMs = Math.min(limits.bindMs, limits.answerMs, limits.serveMs, limits.idleMs, limits.aliveMs);
	return Math.max(5, Math.min(250, shortestMs / 4));
}

/** Requests that the peer's own flood keeps us from reading the answers of are not late. */
function expireRequests(line: Line, now: number): void {
	const { limits } = line.options;
	line.serving.expire(now - limits.serveMs);
	if (line.serving.crowded) line.timers = heard(line.timers, now);
	else line.asking.expire(now - limits.answerMs);
	noteProgress(line);
}

function beat(line: Line): void {
	if (line.phase === "ended") return;
	const now = line.options.now();
	if (line.farewell !== undefined) {
		if (now > line.farewell.until) endLine(line, line.farewell.reason);
		return;
	}
	expireRequests(line, now);
	const [verdict, timers] = tick(line.timers, now);
	line.timers = timers;
	if (verdict === "ask") void line.asking.ask({ command: "enquire_link" });
	if (verdict === "give_up") endLine(line, timers.bound ? "no answer to enquire_link" : "no bind in time");
}

async function unbind(line: Line, drainMs: number): Promise<void> {
	if (line.phase === "up") {
		line.phase = "draining";
		await drained(line, drainMs);
		if (isBound(line.state)) await line.asking.ask({ command: "unbind" });
		finishLine(line, "unbound");
	}
	await line.ended.promise;
}

function lineOver(socket: Socket, options: SessionOptions): Line {
	const { limits, now, log } = options;
	const writer = batchedWriter(socket, limits.outgoingOctetsMax, () => regulateReading(line));
	const serving = servingWith({
		serve: options.serve,
		answer: (request, given) => answer(line, request, given),
		failed: (request, error) => log("serving.failed", { command: request.command, err: briefly(error) }),
		freed() {
			regulateReading(line);
			noteProgress(line);
		},
		now,
		max: limits.servingMax,
	});
	const line: Line = {
		socket,
		options,
		writer,
		serving,
		asking: askingOver(writer, now),
		phase: "up",
		state: "open",
		timers: startTimers(limits, now()),
		rest: noBytes,
		reading: true,
		unboundOctets: 0,
		wrongs: 0,
		farewell: undefined,
		drainWaiters: new Set(),
		ended: Promise.withResolvers(),
		heartbeat: undefined,
	};
	return line;
}

/** Takes over a connected socket, plain or TLS. The peer's end of it, an error or a silence all end in `ended`. */
export function openSession(socket: Socket, options: SessionOptions): Session {
	const line = lineOver(socket, options);
	socket.setNoDelay(true);
	socket.on("data", (chunk: Buffer) => receive(line, chunk));
	socket.on("end", () => finishLine(line, "closed by the peer"));
	socket.on("error", (error) => endLine(line, `socket: ${error.message}`));
	socket.on("close", () => endLine(line, "closed by the peer"));
	// After the poll phase, so that after a stall of our own what has come meanwhile is read before anybody is called silent.
	line.heartbeat = setInterval(() => setImmediate(beat, line), heartbeatMs(options.limits));
	return {
		get boundAs() {
			return line.phase === "up" && isBound(line.state) ? line.state : undefined;
		},
		get inFlight() {
			return line.asking.size;
		},
		async request(request) {
			return line.phase === "up" ? line.asking.ask(request) : { kind: "unsent" };
		},
		unbind: (drainMs) => unbind(line, drainMs),
		close: (reason) => endLine(line, reason),
		ended: line.ended.promise,
	};
}
