import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import {
	type WebhookMode,
	webhookModePath,
	webhookModeRequest,
	webhookRequestsPath,
} from "#shared/contracts/local-servers.ts";
import { forwardPath } from "#shared/contracts/local-stack-info.ts";
import { nextCommand, reportToParent } from "../processes/parent-commands.ts";
import { listen, loopback } from "../wire/listen.ts";
import { openForwards, type ReceivedPost } from "./forwards.ts";
import { type SinkReady, sinkStart } from "./sink-messages.ts";
import { webhookRequestLog } from "./webhook-request-log.ts";

/** Bounds the memory of a long run. The oldest are dropped many at a time, because moving an array is costly. */
const receivedMax = 200_000;
const dropCount = 20_000;

/** More than the ten seconds that the gateway waits. */
const slowMs = 12_000;
const modesMax = 1_000;
const statusOfMode = { fail: 500, slow: 204, gone: 410 } as const;

const confirmed = { status: 204, body: "" };

/**
 * A client's server: answers POSTs with 204, or as `POST /mode` says, and lists them at `GET /received`. It also forwards the reports of a path
 * that `smsgw listen` listens to.
 */
const received: ReceivedPost[] = [];
const requests = webhookRequestLog();
const modes = new Map<string, WebhookMode>();
const forwards = openForwards();

const server = createServer(async (request, response) => {
	const { method, url = "/" } = request;
	if (method === "GET" && url === "/received") listReceived(response);
	else if (method === "GET" && url.startsWith(`${webhookRequestsPath}?`)) listRequests(url, response);
	else if (method !== "POST") response.writeHead(404).end();
	else if (url.startsWith(`${forwardPath}?`)) openForward(url, response);
	else if (url === webhookModePath) await setMode(request, response);
	else await receive(request, response);
});

function listReceived(response: ServerResponse): void {
	response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
	response.write("[");
	for (const [index, one] of received.entries()) response.write(`${index === 0 ? "" : ","}${JSON.stringify(one)}`);
	response.end("]");
}

function openForward(url: string, response: ServerResponse): void {
	const { searchParams } = new URL(url, "http://sink");
	const [path, to] = [searchParams.get("path"), searchParams.get("to")];
	if (path === null || to === null || !URL.canParse(to)) response.writeHead(400).end();
	else if (!forwards.open(path, to, response)) response.writeHead(409).end();
}

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { url: path = "/", headers } = request;
	const sent = await text(request);
	const post = { path, headers, body: parsed(sent) };
	if (received.length >= receivedMax) received.splice(0, dropCount);
	received.push(post);
	const answered = requests.began(post);
	const { status, body: answer } = (await answerByMode(path)) ?? (await forwards.forward(post, sent)) ?? confirmed;
	answered(status);
	response.writeHead(status).end(answer);
}

function listRequests(url: string, response: ServerResponse): void {
	const after = Number(new URL(url, "http://sink").searchParams.get("after") ?? 0) || 0;
	response
		.writeHead(200, { "content-type": "application/json; charset=utf-8" })
		.end(JSON.stringify({ ...requests.after(after), modes: Object.fromEntries(modes) }));
}

async function setMode(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const given = webhookModeRequest.safeParse(parsed(await text(request)));
	if (!given.success) {
		response.writeHead(400).end();
		return;
	}
	if (modes.size >= modesMax) modes.clear();
	modes.set(given.data.path, given.data.mode);
	response.writeHead(204).end();
}

/** Null: the path answers as usual. */
async function answerByMode(path: string) {
	const mode = modes.get(path) ?? "ok";
	if (mode === "ok") return null;
	if (mode === "slow") await wait(slowMs, undefined, { ref: false });
	return { status: statusOfMode[mode], body: "" };
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return body;
	}
}

const { port } = await nextCommand(sinkStart);
reportToParent({ sinkUrl: `http://${loopback}:${await listen(server, port)}` } satisfies SinkReady);
