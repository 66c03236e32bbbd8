import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";

const usualLimitMs = 10_000;

type Call = {
	readonly method?: "GET" | "POST";
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	readonly limitMs?: number;
};

/** Calls the local stack's API at its own address. The certificate is for the name that clients use, not for this address. */
export async function requestLocally(url: string, { body, limitMs = usualLimitMs, ...options }: Call = {}) {
	const { request } = url.startsWith("https:") ? https : http;
	const signal = AbortSignal.timeout(limitMs);
	const call = request(url, { ...options, signal, agent: false, rejectUnauthorized: false });
	call.end(body);
	const [response] = (await once(call, "response")) as [IncomingMessage];
	const answer = await text(response);
	return { status: response.statusCode ?? 0, date: response.headers.date ?? null, text: answer };
}
