import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen, loopback } from "../wire/listen.ts";
import { sendAccessDenied } from "./access-denied.ts";
import { callerOf } from "./callers.ts";
import { type AwsService, deniedPermission, type Roles } from "./denied-permission.ts";
import type { Permission } from "./policy.ts";

export type AuthorizingProxy = { readonly url: string; close(): void };

export type AuthorizingProxyOptions = {
	readonly service: AwsService;
	/** The engine that the guard stands in front of. */
	readonly engine: string;
	readonly region: string;
	/** Asked anew for each call: the template is read after the engines were started. */
	readonly roles: () => Roles;
	/** Told of each call that was not passed on. */
	readonly refused: (caller: string, permission: Permission) => void;
};

/**
 * Stands in front of an engine and passes on what the caller's role allows, by the key that the call was signed with; everything else it
 * refuses as AWS would, and the engine never hears of it.
 */
export async function openAuthorizingProxy(options: AuthorizingProxyOptions): Promise<AuthorizingProxy> {
	const agent = new Agent({ keepAlive: true });
	const { hostname, port } = new URL(options.engine);
	const server = createServer((incoming, outgoing) => {
		authorizeAndForward(options, { agent, hostname, port }, incoming, outgoing).catch(() => outgoing.destroy());
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

type UpstreamEngine = { readonly agent: Agent; readonly hostname: string; readonly port: string };

async function authorizeAndForward(
	{ service, region, roles, refused }: AuthorizingProxyOptions,
	onward: UpstreamEngine,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
): Promise<void> {
	const { method = "", url = "", headers } = incoming;
	const sent = await buffer(incoming);
	const caller = callerOf(headers.authorization);
	const target = String(headers["x-amz-target"] ?? "");
	const call = { region, request: () => ({ method, url, target, body: bodyOf(sent) }) };
	const denied = deniedPermission(roles(), caller, service, call);
	if (!denied) return forward({ ...onward, method, path: url, headers }, sent, outgoing);
	refused(caller, denied);
	sendAccessDenied(outgoing, service, caller, denied);
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
function forward(options: Parameters<typeof request>[1] & object, sent: Buffer, outgoing: ServerResponse): void {
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
