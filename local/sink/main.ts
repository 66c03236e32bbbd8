import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { type LocalStackInfo, localStackInfoPath } from "#shared/contracts/local-stack-info.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { listen, loopback } from "../wire/listen.ts";

/** One POST as it came. */
export type ReceivedPost = {
	readonly path: string;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
	/** What the JSON says, or the text where it is none. */
	readonly body: unknown;
};

/** A run of any length stays within this; the oldest is forgotten first, many at a time because moving an array costs. */
const keptMax = 200_000;
const forgottenAtOnce = 20_000;

/** A client's server: takes every POST with 204, and `GET /received` shows what came. It also says where the local stack is that it belongs to. */
const received: ReceivedPost[] = [];
let localStack: LocalStackInfo | undefined;

const server = createServer(async (request, response) => {
	if (request.method === "GET" && request.url === "/received") {
		response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
		response.write("[");
		for (const [index, one] of received.entries()) response.write(`${index === 0 ? "" : ","}${JSON.stringify(one)}`);
		response.end("]");
		return;
	}
	if (request.method === "GET" && request.url === localStackInfoPath && localStack !== undefined) {
		response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(localStack));
		return;
	}
	if (request.method !== "POST") {
		response.writeHead(404).end();
		return;
	}
	const body = await text(request);
	if (received.length >= keptMax) received.splice(0, forgottenAtOnce);
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

const { port } = await nextCommand<{ readonly port: number }>();
reportToParent({ sinkUrl: `http://${loopback}:${await listen(server, port)}` });
localStack = await nextCommand<LocalStackInfo>();
