import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { WebhookAnswer, Webhooks } from "../usecases/reports/webhooks.ts";
import { isPublicAddress } from "./public-addresses.ts";

/** Longer bodies are cut: a confirmation has two letters. */
const bodyMax = 1_024;
const headersMax = 8_192;

/** Few idle connections, for a short time: servers close idle ones within seconds too. */
const connections = { keepAlive: true, maxSockets: 50, maxFreeSockets: 5, timeout: 10_000 };

export type WebhookOptions = {
	/** Time limit from the start of the connection to the last octet of the answer. */
	readonly limitMs: number;
	/** Null allows private addresses too: for the local stack only. */
	readonly lookup: LookupFunction | null;
};

/** Posts to clients' servers. HTTPS needs a certificate valid for the host's name. No redirects, no proxies. */
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
			/* Node connects to an IP address in the URL without a lookup. `URL` has normalized every notation of it. */
			const literal = target.hostname.replace(/^\[|\]$/g, "");
			if (lookup !== null && isIP(literal) !== 0 && !isPublicAddress(literal)) return failed("not a public address");
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

/** `stale` if the server had closed the kept-alive connection before the request used it. */
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
