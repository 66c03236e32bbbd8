import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { confirms } from "../domain/reports/confirmation.ts";
import type { WebhookAnswer } from "../usecases/reports/webhooks.ts";
import { decodedBody } from "./decoded-body.ts";
import { type RawResponse, rawResponse } from "./raw-response.ts";

/** Longer bodies are cut: a confirmation has two letters. */
const bodyMax = 1_024;
/** Longer heads are malformed. Common servers accept as much. */
export const headMax = 16_384;
/** How long to wait for a body that the Content-Length denies or cuts. */
const deniedBodyMs = 50;

const receivedMax = headMax + bodyMax;

export const failed = (reason: string): WebhookAnswer => ({ kind: "failed", reason });

/**
 * The server's answer. A status line that arrived whole is an answer, whatever follows it: a malformed head or body, a
 * reset connection, or nothing until the time limit. The body is then what arrived of it.
 * `stale`: the kept-alive connection was no longer usable; the server has probably not seen the request.
 */
export async function webhookAnswerTo(request: ClientRequest, signal: AbortSignal): Promise<WebhookAnswer | "stale"> {
	const { promise, resolve } = Promise.withResolvers<WebhookAnswer | "stale">();
	const received = receivedBy(request);
	let response: IncomingMessage | undefined;
	const chunks: Buffer[] = [];
	let length = 0;
	const answer = () => {
		const raw = rawResponse(received());
		if (response === undefined) return raw && answeredBy(raw);
		/* Emits what the parser found in the same chunk before its error. */
		response.read();
		return answered(response, Buffer.concat(chunks), raw?.body);
	};
	const giveUp = () => {
		resolve(answer() ?? failed("no answer in time"));
		request.destroy();
	};
	signal.addEventListener("abort", giveUp, { once: true });
	request.on("error", (error) => {
		const isStale = request.reusedSocket && (isHangUp(error) || received().length > 0);
		resolve(answer() ?? (isStale ? "stale" : failed(error.message)));
	});
	request.on("response", (arrived) => {
		response = arrived;
		const end = () => resolve(answered(arrived, Buffer.concat(chunks), rawResponse(received())?.body));
		if (hasDeniedBody(arrived)) resumeLater(arrived);
		arrived.on("data", (chunk: Buffer) => {
			if (length > bodyMax) return;
			chunks.push(chunk);
			length += chunk.length;
			if (length <= bodyMax) return;
			end();
			request.destroy();
		});
		arrived.on("end", end);
		arrived.on("error", () => resolve(answer() ?? failed("the connection was closed")));
		if (!hasForbiddenBody(arrived)) return;
		end();
		request.destroy();
	});
	const outcome = await promise;
	signal.removeEventListener("abort", giveUp);
	return outcome;
}

/** Collects what arrives on the connection for this request, up to what a head and a body may have. */
function receivedBy(request: ClientRequest): () => Buffer {
	const chunks: Buffer[] = [];
	let length = 0;
	request.on("socket", (socket: Socket) => {
		const collect = (chunk: Buffer) => {
			if (length < receivedMax) chunks.push(chunk);
			length += chunk.length;
		};
		/* Before the parser's own listener, which may end the request. */
		socket.prependListener("data", collect);
		request.on("close", () => socket.off("data", collect));
	});
	return () => Buffer.concat(chunks).subarray(0, receivedMax);
}

/** With a wrong Content-Length or chunk size, the parser finds a part of the body or none. Then what arrived may confirm. */
function answered(response: IncomingMessage, parsed: Buffer, arrived: Buffer = parsed): WebhookAnswer {
	const { statusCode: status = 0, headers } = response;
	const [body = "", whole = ""] = [parsed, arrived].map((octets) =>
		decodedBody(octets, headers["content-encoding"], bodyMax),
	);
	return {
		kind: "answered",
		status,
		body: confirms("document", status, whole) ? whole : body,
		retryAfter: headers["retry-after"] ?? null,
	};
}

const answeredBy = ({ status, body, retryAfter }: RawResponse): WebhookAnswer => {
	return { kind: "answered", status, body: decodedBody(body, undefined, bodyMax), retryAfter };
};

/** A response without a body that announces one: on a kept-alive connection, that body would begin the next response. */
function hasForbiddenBody({ statusCode, headers }: IncomingMessage): boolean {
	if (statusCode !== 204 && statusCode !== 304) return false;
	return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
}

/** A response whose Content-Length leaves no room for `OK`, which some servers send nevertheless. */
function hasDeniedBody({ statusCode, headers }: IncomingMessage): boolean {
	return (statusCode === 200 || statusCode === 201) && /^0*[01]$/.test(headers["content-length"] ?? "");
}

function resumeLater(response: IncomingMessage): void {
	response.pause();
	setTimeout(() => response.resume(), deniedBodyMs).unref();
}

const isHangUp = ({ code }: NodeJS.ErrnoException) => code === "ECONNRESET" || code === "EPIPE";
