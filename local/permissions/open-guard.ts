import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen, loopback } from "../wire/listen.ts";
import { callerOf } from "./callers.ts";
import { notAllowed, type Roles, type Service } from "./judge.ts";
import type { Ask } from "./policy.ts";
import { refuse } from "./refusal.ts";

export type Guard = { readonly url: string; close(): void };

export type GuardOptions = {
	readonly service: Service;
	/** The engine that the guard stands in front of. */
	readonly engine: string;
	readonly region: string;
	/** Asked anew for each call: the template is read after the engines were started. */
	readonly roles: () => Roles;
	/** Told of each call that was not passed on. */
	readonly refused: (caller: string, ask: Ask) => void;
};

/**
 * Stands in front of an engine and passes on what the caller's role allows, by the key that the call was signed with; everything else it
 * refuses as AWS would, and the engine never hears of it.
 */
export async function openGuard(options: GuardOptions): Promise<Guard> {
	const agent = new Agent({ keepAlive: true });
	const { hostname, port } = new URL(options.engine);
	const server = createServer((incoming, outgoing) => {
		guarded(options, { agent, hostname, port }, incoming, outgoing).catch(() => outgoing.destroy());
	});
	// Who waits longer between two calls must not meet a connection that is just being closed.
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

type Onward = { readonly agent: Agent; readonly hostname: string; readonly port: string };

async function guarded(
	{ service, region, roles, refused }: GuardOptions,
	onward: Onward,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const { method = "", url = "", headers } = incoming;
	const sent = await buffer(incoming);
	const caller = callerOf(headers.authorization);
	const target = String(headers["x-amz-target"] ?? "");
	const call = { region, request: () => ({ method, url, target, body: bodyOf(sent) }) };
	const denied = notAllowed(roles(), caller, service, call);
	if (!denied) return passOn({ ...onward, method, path: url, headers }, sent, outgoing);
	refused(caller, denied);
	refuse(outgoing, service, caller, denied);
}

/** What is no JSON names nothing, so it asks for everything. */
function bodyOf(sent: Buffer): unknown {
	try {
		return JSON.parse(sent.toString());
	} catch {
		return undefined;
	}
}

/** Whoever goes before the answer came is gone for the engine too: it must not give entries to nobody. */
function passOn(options: Parameters<typeof request>[1] & object, sent: Buffer, outgoing: ServerResponse): void {
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
	call.end(sent);
}
