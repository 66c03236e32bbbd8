import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Mo, moBody } from "./mo.ts";
import type { SubmitRecord } from "./submit-log.ts";

export type ControlDeps = {
	readonly submits: () => readonly SubmitRecord[];
	/** Bound sessions by operator. */
	readonly binds: () => Readonly<Record<string, number>>;
	readonly setReceiptDelay: (ms: number) => void;
	/** A subscriber of this operator sends it; false: there is no such operator. */
	readonly sendMo: (operator: string, mo: Mo) => boolean;
};

export type ControlServer = { readonly port: number; close(): Promise<void> };

const json = { "content-type": "application/json; charset=utf-8" };
/** A string of all records at once could be larger than a string may be. */
const recordsPerWrite = 1_000;

async function writeRecords(records: readonly SubmitRecord[], response: ServerResponse): Promise<void> {
	response.writeHead(200, json).write("[");
	for (let index = 0; index < records.length; index += recordsPerWrite) {
		const text = records
			.slice(index, index + recordsPerWrite)
			.map((record) => JSON.stringify(record))
			.join(",\n");
		if (!response.write(index === 0 ? text : `,\n${text}`)) await once(response, "drain");
	}
	response.end("]");
}

function setDelay(deps: ControlDeps, search: URLSearchParams, response: ServerResponse): void {
	const ms = Number(search.get("ms") ?? "");
	const valid = search.has("ms") && ms >= 0 && ms <= 3_600_000;
	if (valid) deps.setReceiptDelay(ms);
	response.writeHead(valid ? 204 : 400).end();
}

async function takeMo(deps: ControlDeps, search: URLSearchParams, request: IncomingMessage): Promise<number> {
	const mo = moBody.safeParse(await text(request));
	if (!mo.success) return 400;
	return deps.sendMo(search.get("operator") ?? "", mo.data) ? 204 : 404;
}

async function answer(deps: ControlDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { pathname, searchParams } = new URL(request.url ?? "/", "http://operators");
	switch (`${request.method} ${pathname}`) {
		case "GET /submits":
			await writeRecords(deps.submits(), response);
			break;
		case "GET /binds":
			response.writeHead(200, json).end(JSON.stringify(deps.binds()));
			break;
		case "POST /delay":
			setDelay(deps, searchParams, response);
			break;
		case "POST /mo":
			response.writeHead(await takeMo(deps, searchParams, request)).end();
			break;
		default:
			response.writeHead(404).end();
	}
}

/**
 * What tests and people ask the simulated operators: `GET /submits`, every submit_sm they got; `GET /binds`, the bound
 * sessions of each; `POST /delay?ms=N`, how long receipts take from now on; `POST /mo?operator=kcell` with
 * `{"sender":"77010000000","recipient":"9090","text":"…"}`, a subscriber's message. On this machine only.
 */
export async function startControlServer(port: number, deps: ControlDeps): Promise<ControlServer> {
	const server = createServer((request, response) => {
		// A reader that leaves in the middle of a long answer is no fault of ours.
		answer(deps, request, response).catch(() => response.destroy());
	});
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		async close() {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
