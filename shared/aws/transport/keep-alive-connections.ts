import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Header } from "./signature-v4.ts";

export type AwsConnectionLimits = {
	readonly connectMs: number;
	/** Time limit for the whole answer, including the wait for a free connection. */
	readonly answerMs: number;
	readonly connectionsMax: number;
	/** A connection that was idle for longer is not used again; absent: for however long. */
	readonly idleMaxMs?: number;
};

export type AwsResponse = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
};

/**
 * Posts a text to the root path of a server. The headers must include `host`.
 * @throws Error named TimeoutError or AbortError, or the system's error. In each case the call may have had its effect.
 */
export type PostRequest = (
	server: URL,
	headers: readonly Header[],
	body: string,
	signal: AbortSignal | undefined,
) => Promise<AwsResponse>;

export function keepAliveConnections(limits: AwsConnectionLimits): PostRequest {
	const { connectMs, answerMs, connectionsMax, idleMaxMs } = limits;
	const options = { keepAlive: true, maxSockets: connectionsMax };
	const [agent, tlsAgent] = [new Agent(options), new TlsAgent(options)];
	const closers = idleMaxMs === undefined ? [] : [agent, tlsAgent].map((own) => idleCloser(own, idleMaxMs));
	return (server, headers, body, signal) =>
		new Promise((resolve, reject) => {
			for (const closeIdle of closers) closeIdle();
			const { protocol, hostname, port } = server;
			const options = {
				method: "POST",
				host: hostname,
				port,
				/* Node writes a flat list without processing it. */
				headers: [
					"content-length",
					String(Buffer.byteLength(body)),
					...headers.flat(),
				] as unknown as OutgoingHttpHeaders,
				...(signal && { signal }),
			};
			const sent = protocol === "https:" ? tlsRequest({ ...options, agent: tlsAgent }) : request({ ...options, agent });
			const answerTimer = setTimeout(() => sent.destroy(timeOut("answer", answerMs)), answerMs);
			sent.once("close", () => clearTimeout(answerTimer));
			sent.once("error", reject);
			sent.once("response", (answer) => collect(answer, resolve, reject));
			limitConnecting(sent, connectMs);
			sent.end(body);
		});
}

/**
 * By the time of day: the server counts on while this process is frozen, and timers and monotonic clocks may not.
 * @returns closes the connections that were idle for longer.
 */
function idleCloser(agent: Agent, idleMaxMs: number): () => void {
	const idleSince = new WeakMap<object, number>();
	agent.on("free", (socket: Socket) => void idleSince.set(socket, Date.now()));
	return () => {
		for (const sockets of Object.values(agent.freeSockets)) {
			for (const socket of sockets ?? []) {
				if (Date.now() - (idleSince.get(socket) ?? 0) > idleMaxMs) socket.destroy();
			}
		}
	};
}

function limitConnecting(sent: ClientRequest, connectMs: number): void {
	sent.once("socket", (socket) => {
		if (!socket.connecting) return;
		const timer = setTimeout(() => sent.destroy(timeOut("connection", connectMs)), connectMs);
		const clear = () => clearTimeout(timer);
		socket.once("connect", clear).once("close", clear);
	});
}

function collect(
	answer: IncomingMessage,
	resolve: (answer: AwsResponse) => void,
	reject: (error: Error) => void,
): void {
	const chunks: Buffer[] = [];
	answer.on("data", (chunk: Buffer) => chunks.push(chunk));
	answer.once("error", reject);
	answer.once("end", () => {
		const [first = Buffer.alloc(0)] = chunks;
		const body = chunks.length > 1 ? Buffer.concat(chunks) : first;
		resolve({ status: answer.statusCode ?? 0, headers: answer.headers as Record<string, string>, body });
	});
}

function timeOut(what: string, ms: number): Error {
	return Object.assign(new Error(`AWS: no ${what} within ${ms} ms`), { name: "TimeoutError" });
}
