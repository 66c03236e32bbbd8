import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { WebhookAnswer, Webhooks } from "../usecases/reports/webhooks.ts";
import { isPublicAddress } from "./public-addresses.ts";

/** A confirmation is two letters: what is longer is none, and is not read. */
const bodyMax = 1_024;
const headersMax = 8_192;

/** Connections are kept for the next POST, but few of them and not for long. Answering servers close idle ones within seconds too. */
const connections = { keepAlive: true, maxSockets: 50, maxFreeSockets: 5, timeout: 10_000 };

export type WebhookOptions = {
	/** From dialling to the last octet of the answer. */
	readonly limitMs: number;
	/** Null where private addresses may be called as well: on one's own machine only. */
	readonly lookup: LookupFunction | null;
};

/** Clients' servers, by HTTP and HTTPS with a certificate that is good for their name. Redirects are not followed, nor are proxies used. */
export function httpWebhooks({ limitMs, lookup }: WebhookOptions): Webhooks {
	const agents = {
		"http:": new HttpAgent(connections),
		"https:": new HttpsAgent({ ...connections, rejectUnauthorized: true }),
	};

	function start(url: URL, headers: Readonly<Record<string, string>>, body: string, fresh: boolean): ClientRequest {
		const send = url.protocol === "https:" ? httpsRequest : httpRequest;
		const agent = agents[url.protocol as keyof typeof agents];
		const request = send(url, {
			method: "POST",
			agent: fresh ? false : agent,
			headers: { ...headers, "content-length": Buffer.byteLength(body) },
			maxHeaderSize: headersMax,
			...(lookup && { lookup }),
		});
		request.end(body);
		return request;
	}

	return {
		async post(url, headers, body) {
			const target = new URL(url);
			if (!(target.protocol in agents)) return failed("not HTTP");
			/* An address in the URL itself is connected to without any lookup. However it was written, it is a plain one by now. */
			const literal = target.hostname.replace(/^\[|\]$/g, "");
			if (lookup !== null && isIP(literal) !== 0 && !isPublicAddress(literal)) return failed("an address inside");
			const signal = AbortSignal.timeout(limitMs);
			const answer = await answerTo(start(target, headers, body, false), signal);
			if (answer !== "stale") return answer;
			const onNewConnection = await answerTo(start(target, headers, body, true), signal);
			return onNewConnection === "stale" ? failed(closed) : onNewConnection;
		},
	};
}

const closed = "the connection was closed";
const failed = (reason: string): WebhookAnswer => ({ kind: "failed", reason });

/** `stale` where the server had closed a kept connection before we took it: that says nothing of the server. */
async function answerTo(request: ClientRequest, signal: AbortSignal): Promise<WebhookAnswer | "stale"> {
	const { promise, resolve } = Promise.withResolvers<WebhookAnswer | "stale">();
	const giveUp = () => {
		resolve(failed("no answer in time"));
		request.destroy();
	};
	signal.addEventListener("abort", giveUp, { once: true });
	request.on("response", (response) => readAnswer(request, response, resolve));
	request.on("error", (error: NodeJS.ErrnoException) => {
		const hungUp = error.code === "ECONNRESET" || error.code === "EPIPE";
		resolve(hungUp && request.reusedSocket ? "stale" : failed(error.message));
	});
	const answer = await promise;
	signal.removeEventListener("abort", giveUp);
	return answer;
}

function readAnswer(request: ClientRequest, response: IncomingMessage, resolve: (answer: WebhookAnswer) => void) {
	const chunks: Buffer[] = [];
	let length = 0;
	const answer = () =>
		resolve({
			kind: "answered",
			status: response.statusCode ?? 0,
			body: Buffer.concat(chunks).toString("utf8"),
			retryAfter: response.headers["retry-after"] ?? null,
		});
	response.on("data", (chunk: Buffer) => {
		chunks.push(chunk);
		length += chunk.length;
		if (length <= bodyMax) return;
		answer();
		request.destroy();
	});
	response.on("end", answer);
	response.on("error", (error) => resolve(failed(error.message)));
}
