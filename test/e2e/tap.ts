import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call to AWS: its operation, such as `SendMessageBatch`, and its body as text. */
export type Call = { readonly operation: string; readonly body: string };

export type When = "before" | "after";

/**
 * Stands between a process and an engine, and lets a test act at one call: before the engine gets it, or after the engine has done
 * it and before the process hears of it.
 */
export type Tap = {
	/** Where the process finds it, when this engine is behind it. */
	before(engine: string): string;
	/** The operations that were called so far, in their order. */
	readonly operations: readonly string[];
	/** Acts once, at the next such call; the call is answered no more, for whoever made it is dead by then. */
	at(when: When, matches: (call: Call) => boolean, act: () => Promise<void>): Promise<void>;
	/** Whether every call is answered by a fault of the service's from now on, and never gets to the engine. */
	refusing: boolean;
	/** How many were. */
	readonly refused: number;
	close(): void;
};

const fault = JSON.stringify({ __type: "InternalServerError", message: "refused by the test" });

export async function openTap(): Promise<Tap> {
	const agent = new Agent({ keepAlive: true });
	const operations: string[] = [];
	let engine = "";
	let refused = 0;
	let armed: { when: When; matches: (call: Call) => boolean; act: () => Promise<void>; acted: () => void } | undefined;

	function takes(when: When, call: Call) {
		if (armed?.when !== when || !armed.matches(call)) return undefined;
		const own = armed;
		armed = undefined;
		return own;
	}

	const server = createServer(async (incoming, outgoing) => {
		const sent = await buffer(incoming);
		const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
		const call = { operation, body: sent.toString() };
		operations.push(operation);
		if (tap.refusing) {
			refused += 1;
			outgoing.writeHead(500, { "content-type": "application/x-amz-json-1.0" }).end(fault);
			return;
		}
		const before = takes("before", call);
		if (before) {
			await before.act();
			before.acted();
			outgoing.destroy();
			return;
		}
		const answer = await forwarded(engine, agent, incoming, sent).catch(() => undefined);
		if (answer === undefined) {
			outgoing.destroy();
			return;
		}
		const received = await buffer(answer);
		const after = takes("after", call);
		if (after) {
			await after.act();
			after.acted();
			outgoing.destroy();
			return;
		}
		outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(received);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const tap: Tap = {
		operations,
		refusing: false,
		get refused() {
			return refused;
		},
		before(target) {
			engine = target;
			return `http://127.0.0.1:${port}`;
		},
		at: async (when, matches, act) =>
			await new Promise<void>((acted) => {
				armed = { when, matches, act, acted };
			}),
		close() {
			server.closeAllConnections();
			server.close();
			agent.destroy();
		},
	};
	return tap;
}

async function forwarded(
	engine: string,
	agent: Agent,
	{ method = "POST", url = "/", headers }: IncomingMessage,
	body: Buffer,
) {
	return await new Promise<IncomingMessage>((resolve, reject) => {
		const onward = request(new URL(url, engine), { method, headers, agent }, resolve);
		onward.on("error", reject);
		onward.end(body);
	});
}
