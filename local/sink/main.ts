import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { listen, loopback } from "../wire/listen.ts";
import { type SinkReady, sinkStart } from "./sink-messages.ts";

export type ReceivedPost = {
	readonly path: string;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	readonly body: unknown;
};

/** Bounds the memory of a long run. The oldest are dropped many at a time, because moving an array is costly. */
const receivedMax = 200_000;
const dropCount = 20_000;

/** A client's server: answers POSTs with 204 and lists them at `GET /received`. */
const received: ReceivedPost[] = [];

const server = createServer(async (request, response) => {
	if (request.method === "GET" && request.url === "/received") {
		response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
		response.write("[");
		for (const [index, one] of received.entries()) response.write(`${index === 0 ? "" : ","}${JSON.stringify(one)}`);
		response.end("]");
		return;
	}
	if (request.method !== "POST") {
		response.writeHead(404).end();
		return;
	}
	const body = await text(request);
	if (received.length >= receivedMax) received.splice(0, dropCount);
	received.push({ path: request.url ?? "/", headers: request.headers, body: parsed(body) });
	response.writeHead(204).end();
});

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return body;
	}
}

const { port } = await nextCommand(sinkStart);
reportToParent({ sinkUrl: `http://${loopback}:${await listen(server, port)}` } satisfies SinkReady);
