import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Route } from "../template/plan-compute.ts";
import { listen } from "../wire/listen.ts";
import { gatewayAnswers, sendGatewayAnswer, sendOutcome } from "./api-answer.ts";
import { apiEvent, pathAndQuery } from "./api-event.ts";
import { type Deadlines, deadlines } from "./deadlines.ts";
import type { InvocationOutcome } from "./open-function.ts";
import { routeTable } from "./route-table.ts";

type Invoke = (functionName: string, payload: string) => Promise<InvocationOutcome>;

export type LocalApi = {
	readonly port: number;
	/** Before this call every request gets a 503. */
	serve(routes: readonly Route[], invoke: Invoke): void;
	close(): Promise<void>;
};

/** The limits of API Gateway for a body, and of Lambda for an event, base64 included. */
const bodyBytesMax = 10 * 1_024 * 1_024;
const eventBytesMax = 6 * 1_024 * 1_024;

export type ApiOptions = {
	readonly port: number;
	readonly portWithinMs?: number;
	/** Default: the loopback address. */
	readonly host?: string | undefined;
	/** Certificate and key in PEM. Without, the API speaks HTTP. */
	readonly tls?: { readonly cert: string; readonly key: string } | undefined;
	/** API Gateway's maximum is 30 s. */
	readonly integrationTimeoutMs?: number;
};

export async function openApi({
	port,
	portWithinMs = 0,
	host,
	tls,
	integrationTimeoutMs = 30_000,
}: ApiOptions): Promise<LocalApi> {
	const limit = deadlines(integrationTimeoutMs);
	let answer = async (_: IncomingMessage, response: ServerResponse) =>
		sendGatewayAnswer(response, gatewayAnswers.unavailable);
	let closing = false;
	const listener = (request: IncomingMessage, response: ServerResponse) => {
		answer(request, response).catch((error: unknown) => {
			/* A client that leaves before its request is whole is no fault. */
			if (!request.readableAborted) console.error(JSON.stringify({ event: "request.failed", error: String(error) }));
			response.destroy();
		});
	};
	const server =
		tls === undefined ? createServer(listener) : createTlsServer({ ...tls, minVersion: "TLSv1.2" }, listener);
	/* A client that closes its half right after its request gets the answer: Node would close the connection without one. */
	Object.assign(server, { httpAllowHalfOpen: true });
	return {
		port: await listen(server, port, portWithinMs, host),
		serve: (routes, invoke) => {
			const answered = answerRequests({ find: routeTable(routes), invoke, limit });
			answer = async (request, response) => await answered(request, response, () => closing);
		},
		close: async () => {
			closing = true;
			const closed = new Promise<void>((resolve) => server.close(() => resolve()));
			server.closeIdleConnections();
			await closed;
			limit.close();
		},
	};
}

type ApiDeps = {
	readonly find: ReturnType<typeof routeTable>;
	readonly invoke: Invoke;
	readonly limit: Deadlines;
};

function answerRequests({ find, invoke, limit }: ApiDeps) {
	return async (request: IncomingMessage, response: ServerResponse, isLast: () => boolean): Promise<void> => {
		const body = await bodyOf(request);
		const match = find(request.method ?? "", pathAndQuery(request).path);
		if (!match) return sendGatewayAnswer(response, gatewayAnswers.notFound);
		const event = body && apiEvent(request, match, body);
		if (event === undefined || isTooLarge(event)) return sendGatewayAnswer(response, gatewayAnswers.tooLarge);
		const clearDeadline = limit.start(() => sendGatewayAnswer(response, gatewayAnswers.unavailable));
		const outcome = await invoke(match.route.functionName, event);
		clearDeadline();
		if (response.headersSent) return;
		if (isLast()) response.shouldKeepAlive = false;
		sendOutcome(response, outcome);
	};
}

/** A UTF-16 unit is at most three bytes, so most events need no exact count. */
function isTooLarge(event: string): boolean {
	return event.length > eventBytesMax / 3 && Buffer.byteLength(event) > eventBytesMax;
}

/** Undefined if the body exceeds API Gateway's limit. It is still read to its end, so that the client gets the answer. */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
	const { socket } = request;
	return new Promise<Buffer | undefined>((resolve, reject) => {
		const chunks: Buffer[] = [];
		let bytes = 0;
		request.on("data", (chunk: Buffer) => {
			bytes += chunk.length;
			if (bytes <= bodyBytesMax) chunks.push(chunk);
		});
		request.on("end", () => resolve(bytes > bodyBytesMax ? undefined : Buffer.concat(chunks)));
		request.on("error", reject);
		socket.on("end", onSocketEnd);
	}).finally(() => socket.off("end", onSocketEnd));

	/* Node finds out by itself, but not if the request asks for an upgrade. */
	function onSocketEnd(): void {
		if (!request.complete) request.destroy(new Error("the connection ended before the request did"));
	}
}
