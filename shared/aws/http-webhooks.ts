import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns";
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { BlockList, isIP } from "node:net";
import type { WebhookAnswer, Webhooks } from "../ports.ts";

const limitMs = 10_000;
/** A confirmation is two letters: what is longer is none, and is not read. */
const bodyMax = 1_024;

/** Networks that a client's URL must not lead us into: our own, this machine's, and the cloud's metadata. */
const inside = new BlockList();
for (const [network, bits] of [
	["0.0.0.0", 8],
	["10.0.0.0", 8],
	["100.64.0.0", 10],
	["127.0.0.0", 8],
	["169.254.0.0", 16],
	["172.16.0.0", 12],
	["192.0.0.0", 24],
	["192.168.0.0", 16],
	["198.18.0.0", 15],
	["224.0.0.0", 3],
] as const) {
	inside.addSubnet(network, bits, "ipv4");
}
for (const [network, bits] of [
	["::", 127],
	["fc00::", 7],
	["fe80::", 10],
	["ff00::", 8],
	["64:ff9b::", 96],
] as const) {
	inside.addSubnet(network, bits, "ipv6");
}

const isInside = (address: string) => inside.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

/** Resolves a name as always, but to no address inside: checked on the very address that is then connected to. */
const lookupOutside: typeof lookup = ((
	host: string,
	options: object,
	done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => {
	lookup(host, { ...options, all: true }, (error, addresses) => {
		if (error) return done(error, []);
		const outside = addresses.filter(({ address }) => !isInside(address));
		const [first] = outside;
		if (first === undefined) return done(new Error(`${host} is an address inside`), []);
		return "all" in options && options.all ? done(null, outside) : done(null, first.address, first.family);
	});
}) as typeof lookup;

/**
 * Clients' servers, by HTTP and HTTPS. Redirects are not followed; answers take at most ten seconds.
 * @param options.insideToo whether addresses inside may be called: on one's own machine only.
 */
export function httpWebhooks({ insideToo }: { readonly insideToo: boolean }): Webhooks {
	const agents = {
		"http:": new HttpAgent({ keepAlive: true, maxSockets: 20 }),
		"https:": new HttpsAgent({ keepAlive: true, maxSockets: 20 }),
	};
	return {
		async post(url, headers, body) {
			const { protocol, hostname } = new URL(url);
			if (protocol !== "http:" && protocol !== "https:") return { kind: "failed", reason: `${protocol} is not HTTP` };
			const literal = hostname.replace(/^\[|\]$/g, "");
			if (!insideToo && isIP(literal) !== 0 && isInside(literal)) {
				return { kind: "failed", reason: "an address inside" };
			}
			const { promise, resolve } = Promise.withResolvers<WebhookAnswer>();
			const send = protocol === "https:" ? httpsRequest : httpRequest;
			const request = send(url, {
				method: "POST",
				agent: agents[protocol],
				headers: { ...headers, "content-length": Buffer.byteLength(body) },
				signal: AbortSignal.timeout(limitMs),
				...(!insideToo && { lookup: lookupOutside }),
			});
			request.on("error", (error) => resolve({ kind: "failed", reason: error.message }));
			request.on("response", (response) => readAnswer(request, response, resolve));
			request.end(body);
			return await promise;
		},
	};
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
	response.on("error", (error) => resolve({ kind: "failed", reason: error.message }));
}
