import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Webhooks } from "../usecases/reports/webhooks.ts";
import { isPublicAddress } from "./public-addresses.ts";
import { failed, headMax, webhookAnswerTo } from "./webhook-response.ts";

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
			maxHeaderSize: headMax,
			/* Accepts small deviations from HTTP. A client's server can deceive only itself. */
			insecureHTTPParser: true,
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
			const answer = await webhookAnswerTo(start(target, headers, body, false), signal);
			if (answer !== "stale") return answer;
			const onNewConnection = await webhookAnswerTo(start(target, headers, body, true), signal);
			return onNewConnection === "stale" ? failed("the connection was closed") : onNewConnection;
		},
	};
}
