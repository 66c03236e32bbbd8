import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call to AWS: its operation, such as `SendMessageBatch`, and its body. */
export type EngineCall = { readonly operation: string; readonly body: string };

export type FaultMoment = "before" | "after";

/**
 * How a call fails. `call`: it never reaches the engine. `answer`: the engine carries it out and the answer is lost. In
 * both cases the caller's time limit ends the call. `refusal`: the engine does not carry it out, and the caller learns
 * so.
 */
export type Fault = "call" | "answer" | "refusal";

/**
 * A proxy between a process and an engine. A test acts at one call: before the engine gets it, or after the engine
 * carried it out and before the process gets the answer.
 */
export type EngineProxy = {
	/** The URL at which the process reaches this engine through the proxy. */
	before(engine: string): string;
	readonly operations: readonly string[];
	/** Acts once, at the next such call. The call gets no answer: by then its caller is dead. */
	at(when: FaultMoment, matches: (call: EngineCall) => boolean, act: () => Promise<void>): Promise<void>;
	/** Decides how each call fails, until the test resets it. */
	faultOf: ((call: EngineCall) => Promise<Fault | undefined> | Fault | undefined) | undefined;
	/** Whether to answer a call with a fault of the service, without calling the engine. */
	refusing: (call: EngineCall) => boolean;
	readonly refused: number;
	close(): void;
};

const json = { "content-type": "application/x-amz-json-1.0" };
const fault = JSON.stringify({ __type: "InternalServerError", message: "refused by the test" });
const refusal = JSON.stringify({ __type: "AccessDeniedException", message: "refused by the test" });

type Reply =
	| { readonly status: number; readonly headers: OutgoingHttpHeaders; readonly body: Buffer | string }
	| "hang_up"
	| "silence";

export async function openEngineProxy(): Promise<EngineProxy> {
	const agent = new Agent({ keepAlive: true });
	const operations: string[] = [];
	let engine = "";
	let refused = 0;
	let pendingAct:
		| { when: FaultMoment; matches: (call: EngineCall) => boolean; act: () => Promise<void>; done: () => void }
		| undefined;

	/** Whether the test has acted: then the call gets no answer. */
	async function actedOn(when: FaultMoment, call: EngineCall): Promise<boolean> {
		if (pendingAct?.when !== when || !pendingAct.matches(call)) return false;
		const { act, done } = pendingAct;
		pendingAct = undefined;
		await act();
		done();
		return true;
	}

	async function replyTo(call: EngineCall, incoming: IncomingMessage, sent: Buffer): Promise<Reply> {
		if (engineProxy.refusing(call)) {
			refused += 1;
			return { status: 500, headers: json, body: fault };
		}
		if (await actedOn("before", call)) return "hang_up";
		const wrong = await engineProxy.faultOf?.(call);
		if (wrong === "refusal") return { status: 400, headers: json, body: refusal };
		if (wrong === "call") return "silence";
		const reply = await forwarded(engine, agent, incoming, sent).catch((): Reply => "hang_up");
		if (wrong === "answer") return "silence";
		return (await actedOn("after", call)) ? "hang_up" : reply;
	}

	const server = createServer(async (incoming, outgoing) => {
		const sent = await buffer(incoming);
		const operation = String(incoming.headers["x-amz-target"]).split(".").at(-1) ?? "";
		operations.push(operation);
		const reply = await replyTo({ operation, body: sent.toString() }, incoming, sent);
		if (reply === "hang_up") outgoing.destroy();
		else if (reply !== "silence") outgoing.writeHead(reply.status, reply.headers).end(reply.body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const engineProxy: EngineProxy = {
		operations,
		faultOf: undefined,
		refusing: () => false,
		get refused() {
			return refused;
		},
		before(target) {
			engine = target;
			return `http://127.0.0.1:${port}`;
		},
		at: async (when, matches, act) =>
			await new Promise<void>((done) => {
				pendingAct = { when, matches, act, done };
			}),
		close() {
			server.closeAllConnections();
			server.close();
			agent.destroy();
		},
	};
	return engineProxy;
}

async function forwarded(
	engine: string,
	agent: Agent,
	{ method = "POST", url = "/", headers }: IncomingMessage,
	body: Buffer,
): Promise<Reply> {
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		const onward = request(new URL(url, engine), { method, headers, agent }, resolve);
		onward.on("error", reject);
		onward.end(body);
	});
	return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}
