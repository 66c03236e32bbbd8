import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Header } from "./signature-v4.ts";

export type ConnectionLimits = {
	/** How long a connection may take to be made. */
	readonly connectMs: number;
	/** How long an answer may take, its last octet and the wait for a free connection included. */
	readonly answerMs: number;
	/** How many connections at once. */
	readonly connectionsMax: number;
};

export type AwsResponse = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
};

/**
 * Posts a text to the root of a server. The host stands among the headers.
 * @throws Error named TimeoutError when a limit is over, AbortError when the signal ends it, and the system's own when the connection fails:
 * what was asked may have been done.
 */
export type PostRequest = (
	server: URL,
	headers: readonly Header[],
	body: string,
	signal: AbortSignal | undefined,
) => Promise<AwsResponse>;

/** Posts over connections that are kept. */
export function keepAliveConnections({ connectMs, answerMs, connectionsMax }: ConnectionLimits): PostRequest {
	const kept = { keepAlive: true, maxSockets: connectionsMax };
	const [agent, tlsAgent] = [new Agent(kept), new TlsAgent(kept)];
	return (server, headers, body, signal) =>
		new Promise((resolve, reject) => {
			const { protocol, hostname, port } = server;
			const options = {
				method: "POST",
				host: hostname,
				port,
				/* A flat list, which Node writes as it is. */
				headers: [
					"content-length",
					String(Buffer.byteLength(body)),
					...headers.flat(),
				] as unknown as OutgoingHttpHeaders,
				...(signal && { signal }),
			};
			const asked =
				protocol === "https:" ? tlsRequest({ ...options, agent: tlsAgent }) : request({ ...options, agent });
			const answerTimer = setTimeout(() => asked.destroy(timeOut("answer", answerMs)), answerMs);
			asked.once("close", () => clearTimeout(answerTimer));
			asked.once("error", reject);
			asked.once("response", (answer) => collect(answer, resolve, reject));
			limitConnecting(asked, connectMs);
			asked.end(body);
		});
}

function limitConnecting(asked: ClientRequest, connectMs: number): void {
	asked.once("socket", (socket) => {
		if (!socket.connecting) return;
		const timer = setTimeout(() => asked.destroy(timeOut("connection", connectMs)), connectMs);
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
