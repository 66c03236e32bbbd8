import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen, loopback } from "../wire/listen.ts";
import { type Guard, type GuardOptions, guardOf } from "./guard.ts";

export type AuthorizingProxy = { readonly url: string; close(): void };

export type AuthorizingProxyOptions = GuardOptions & { readonly engine: string };

/**
 * Forwards the calls that the caller's role allows to an engine, and refuses the others as AWS would. The caller is known by
 * the access key that signed the call.
 */
export async function openAuthorizingProxy(options: AuthorizingProxyOptions): Promise<AuthorizingProxy> {
	const agent = new Agent({ keepAlive: true });
	const { hostname, port } = new URL(options.engine);
	const guard = guardOf(options);
	const server = createServer((incoming, outgoing) => {
		authorizeAndForward(guard, { agent, hostname, port }, incoming, outgoing).catch(() => outgoing.destroy());
	});
	// A client that pauses between two calls must not use a connection that the server is closing.
	server.keepAliveTimeout = 0;
	const taken = await listen(server, 0);
	return {
		url: `http://${loopback}:${taken}`,
		close: () => {
			server.close();
			server.closeAllConnections();
			agent.destroy();
		},
	};
}

type UpstreamEngine = { readonly agent: Agent; readonly hostname: string; readonly port: string };

async function authorizeAndForward(
	guard: Guard,
	upstream: UpstreamEngine,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const { method = "", url = "", headers } = incoming;
	const body = await buffer(incoming);
	const target = String(headers["x-amz-target"] ?? "");
	const refusal = guard(headers.authorization, () => ({ method, url, target, body: jsonIn(body) }));
	if (!refusal) return forward({ ...upstream, method, path: url, headers }, body, outgoing);
	outgoing.writeHead(refusal.status, refusal.headers).end(refusal.body);
}

/** Undefined for a body that is not JSON: it names no resource, so the call needs a right to all. */
function jsonIn(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString());
	} catch {
		return undefined;
	}
}

/** When the client disconnects, the engine's request ends too: SQS must not hand entries to a client that has gone. */
function forward(options: Parameters<typeof request>[1] & object, body: Buffer, outgoing: ServerResponse): void {
	const call = request(options, (answer) => {
		const { connection: _, "keep-alive": __, ...headers } = answer.headers;
		outgoing.writeHead(answer.statusCode ?? 502, headers);
		answer.pipe(outgoing);
		answer.once("aborted", () => outgoing.destroy());
	});
	call.once("error", () => outgoing.destroy());
	outgoing.once("close", () => {
		if (!outgoing.writableFinished) call.destroy();
	});
	call.end(body);
}
