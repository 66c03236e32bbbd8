import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";
import type { Log } from "#shared/log.ts";
import { allowedText, CommandError, inOneLine, problemText, UsageError } from "../errors.ts";
import type { Target } from "../target.ts";
import type { Action, Query } from "./action.ts";
import { actions } from "./actions.ts";
import { openEventStreams } from "./event-streams.ts";
import { type ConsoleGuard, consoleAdmission, securityHeaders } from "./guard.ts";
import { type PageFile, pageFiles } from "./pages.ts";
import { queries } from "./queries.ts";
import { type TopicName, topics } from "./topics.ts";

export type ConsoleOptions = {
	readonly target: Target;
	/** The port is read at each request: a server may get it when it listens. */
	readonly guard: () => ConsoleGuard;
	/** Who acts, for the log: the user of this machine. */
	readonly user: string;
	readonly log: Log;
};

type Deps = ConsoleOptions & {
	readonly files: ReadonlyMap<string, () => PageFile>;
	readonly streams: ReturnType<typeof openEventStreams<TopicName>>;
};

const bodyOctetsMax = 64 * 1_024;
const anyHost = "http://console/";
const api = "/api/";
const streamOf = "/api/stream/";

const allQueries: ReadonlyMap<string, Query> = new Map(Object.entries(queries));
const allActions: ReadonlyMap<string, Action> = new Map(Object.entries(actions));

/** The console's HTTP server, which does not listen yet. */
export function consoleServer(options: ConsoleOptions): Server {
	const { target, log } = options;
	const topicsOf = topics(target);
	const streams = openEventStreams(topicsOf, {
		onFailed: (topic, error) => log.warn("console.read_failed", { topic, error }),
	});
	const deps = { ...options, files: pageFiles(), streams };
	const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
		answer(deps, request, response).catch((err: unknown) => {
			log.warn("console.request_failed", { path: request.url?.split("?")[0], err });
			if (response.headersSent) response.destroy();
			else sendJson(response, 500, { error: inOneLine(err) });
		});
	});
	server.on("close", streams.close);
	return server;
}

async function answer(deps: Deps, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { method = "GET", headers } = request;
	const wanted = URL.parse(request.url ?? "/", anyHost);
	const url = wanted ?? new URL(anyHost);
	for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
	const admitted = consoleAdmission({ method, url, headers }, deps.guard());
	if (admitted.kind === "refused") return sendJson(response, admitted.status, { error: admitted.why });
	if (admitted.kind === "log_in") {
		response.writeHead(303, { "set-cookie": admitted.cookie, location: "/" }).end();
		return;
	}
	if (wanted === null) return sendJson(response, 400, { error: "this address cannot be read" });
	if (method === "POST" && url.pathname.startsWith(api)) return await act(deps, url.pathname, request, response);
	if (method !== "GET" && method !== "HEAD") return sendJson(response, 405, { error: `there is no ${method} here` });
	if (url.pathname.startsWith(streamOf)) return stream(deps, url.pathname.slice(streamOf.length), response);
	if (url.pathname.startsWith(api)) return await read(deps, url, response);
	sendPage(deps, url.pathname, response);
}

function stream({ target, streams }: Deps, topic: string, response: ServerResponse): void {
	if (topic === "traffic" || (topic === "phones" && isHere(target, topic))) streams.subscribe(topic, response);
	else sendJson(response, 404, { error: "there is no such stream here" });
}

/** Any other path is a page, which the browser draws. */
function sendPage({ files }: Deps, pathname: string, response: ServerResponse): void {
	const isFile = pathname.includes(".");
	const file = files.get(isFile ? pathname : "/index.html")?.();
	if (file === undefined) sendJson(response, 404, { error: "there is no such file" });
	else response.writeHead(200, { "content-type": file.type, "content-encoding": "gzip" }).end(file.body);
}

/** A stage on AWS has no simulated phones. */
const isHere = ({ localServers }: Target, name: string) => localServers !== null || !name.startsWith("phones");

async function read({ target }: Deps, url: URL, response: ServerResponse): Promise<void> {
	const name = url.pathname.slice(api.length);
	const found = allQueries.get(name);
	if (found === undefined || !isHere(target, name)) return sendJson(response, 404, { error: "there is no such query" });
	const given = Object.fromEntries(url.searchParams);
	const input = found.input.safeParse(given, { error: allowedText });
	if (!input.success) return sendJson(response, 400, { error: problemsOf(input.error, given) });
	await sendOutcome(response, async () => await found.read(target, input.data as never));
}

async function act({ target, user, log }: Deps, path: string, request: IncomingMessage, response: ServerResponse) {
	const name = path.slice(api.length);
	const found = allActions.get(name);
	if (found === undefined || !isHere(target, name))
		return sendJson(response, 404, { error: "there is no such action" });
	const given = await bodyOf(request);
	if (given === null) return sendJson(response, 400, { error: "the body must be a JSON object of at most 64 KB" });
	const input = found.input.safeParse(given, { error: allowedText });
	if (!input.success) return sendJson(response, 400, { error: problemsOf(input.error, given) });
	/* Before it is done: an action that dies has been tried. */
	log.info("console.action", { user, action: name, ...loggedInput(input.data) });
	await sendOutcome(response, async () => await found.run(target, input.data as never));
}

/** Without texts, passwords and whole messages. */
function loggedInput(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	const { text: _, password: __, message: ___, confirmed: ____, ...logged } = input;
	return logged;
}

async function sendOutcome(response: ServerResponse, work: () => Promise<object>): Promise<void> {
	try {
		sendJson(response, 200, await work());
	} catch (error) {
		if (!(error instanceof CommandError || error instanceof UsageError)) throw error;
		sendJson(response, 409, { error: error.message });
	}
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | null> {
	if (!request.headers["content-type"]?.startsWith("application/json")) return null;
	const chunks: Buffer[] = [];
	let octets = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		octets += chunk.length;
		if (octets > bodyOctetsMax) return null;
		chunks.push(chunk);
	}
	try {
		return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
	} catch {
		return null;
	}
}

function problemsOf(error: z.ZodError, given: Readonly<Record<string, unknown>>): string {
	return error.issues.map((issue) => problemText(issue, given, String)).join("; ");
}

function sendJson(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
