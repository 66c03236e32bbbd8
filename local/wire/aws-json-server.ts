import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Guard } from "../permissions/guard.ts";
import { listen, loopback } from "./listen.ts";
import { ServiceError } from "./service-error.ts";
import { Unsupported } from "./unsupported.ts";

export type AwsJsonServer = { readonly url: string; close(): void };

export type AwsJsonServerOptions = {
	/** Carries out one operation. @param isGone aborts when the client disconnects before the answer. */
	readonly execute: (operation: string, input: object, isGone: () => AbortSignal) => object | Promise<object>;
	/** Refuses calls that the caller may not make; default none. */
	readonly guard?: Guard | undefined;
	/** A call that the engine does not support, or a fault of the engine. */
	readonly onFault: (operation: string, error: unknown) => void;
};

/** As much as DynamoDB takes in one call, and a little more. */
const bodyMax = 17 * 1_048_576;

/** Serves AWS's JSON protocol on a free port. */
export async function openAwsJsonServer(options: AwsJsonServerOptions): Promise<AwsJsonServer> {
	const server = createServer((request, response) => {
		bodyOf(request).then(
			async (body) => await answer(options, request, body, response),
			() => response.destroy(),
		);
	});
	// A client that pauses between two calls must not use a connection that the server is closing.
	server.keepAliveTimeout = 0;
	const port = await listen(server, 0);
	return {
		url: `http://${loopback}:${port}`,
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}

/** Rejects if the client disconnects, and for a body that no service would take. */
async function bodyOf(request: IncomingMessage): Promise<string> {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const chunks: Buffer[] = [];
	let octets = 0;
	request.on("data", (chunk: Buffer) => {
		octets += chunk.length;
		if (octets > bodyMax) reject(new Error("the body is too long"));
		else chunks.push(chunk);
	});
	request.on("end", () => resolve(chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks))));
	request.on("error", reject);
	request.on("close", () => reject(new Error("the client has disconnected")));
	return await promise;
}

async function answer(
	{ execute, guard, onFault }: AwsJsonServerOptions,
	{ headers }: IncomingMessage,
	text: string,
	response: ServerResponse,
): Promise<void> {
	const target = String(headers["x-amz-target"] ?? "");
	const operation = target.slice(target.lastIndexOf(".") + 1);
	try {
		const body = inputIn(text);
		const refusal = guard?.(headers.authorization, () => ({ method: "POST", url: "/", target, body }));
		if (refusal === undefined) send(response, 200, await execute(operation, body, () => goneSignal(response)));
		else response.writeHead(refusal.status, refusal.headers).end(refusal.body);
	} catch (error) {
		if (error instanceof ServiceError) return send(response, 400, { __type: error.name, message: error.message });
		onFault(operation, error);
		const isRefused = error instanceof Unsupported;
		const name = isRefused ? error.name : "InternalServerError";
		send(response, isRefused ? 400 : 500, { __type: name, message: String(error) });
	}
}

function inputIn(body: string): object {
	try {
		const input: unknown = JSON.parse(body);
		if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
	} catch {}
	throw new ServiceError("SerializationException", "The body is not a JSON object");
}

function goneSignal(response: ServerResponse): AbortSignal {
	const gone = new AbortController();
	response.once("close", () => gone.abort());
	return gone.signal;
}

function send(response: ServerResponse, status: number, output: object): void {
	const text = JSON.stringify(output);
	response.writeHead(status, {
		"content-type": "application/x-amz-json-1.0",
		"content-length": Buffer.byteLength(text),
		"x-amzn-requestid": randomUUID(),
	});
	response.end(text);
}
