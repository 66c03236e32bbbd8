import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { jsonText } from "#shared/contracts/json-text.ts";
import { moPath, outcomePath, outcomeRequest, phonesPath } from "#shared/contracts/local-servers.ts";
import type { ChosenOutcomes } from "./chosen-outcomes.ts";
import { type Mo, moBody } from "./mo.ts";
import type { PhoneLog } from "./phone-log.ts";
import type { SubmitRecord } from "./submit-log.ts";

export type ControlDeps = {
	readonly phones: PhoneLog["after"];
	readonly choose: ChosenOutcomes["choose"];
	readonly submits: () => readonly SubmitRecord[];
	readonly binds: () => Readonly<Record<string, number>>;
	readonly setReceiptDelay: (ms: number) => void;
	/** Sends a subscriber's message from an operator; false if there is no such operator. */
	readonly sendMo: (operator: string, mo: Mo) => boolean;
};

export type ControlServer = { readonly port: number; close(): Promise<void> };

const json = { "content-type": "application/json; charset=utf-8" };
/** The text of all records could exceed the longest string. */
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

async function chooseOutcome(deps: ControlDeps, request: IncomingMessage): Promise<number> {
	const chosen = jsonText.pipe(outcomeRequest).safeParse(await text(request));
	if (!chosen.success) return 400;
	deps.choose(chosen.data);
	return 204;
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
		case `GET ${phonesPath}`:
			response.writeHead(200, json).end(JSON.stringify(deps.phones(Number(searchParams.get("after") ?? 0) || 0)));
			break;
		case `POST ${outcomePath}`:
			response.writeHead(await chooseOutcome(deps, request)).end();
			break;
		case `POST ${moPath}`:
			response.writeHead(await takeMo(deps, searchParams, request)).end();
			break;
		default:
			response.writeHead(404).end();
	}
}

/**
 * The control server of the simulated operators, on the loopback address:
 * - `GET /submits` returns every submit_sm; `GET /binds` the number of bound sessions by operator.
 * - `POST /delay?ms=N` sets the delay of receipts.
 * - `POST /mo?operator=kcell` with `{"sender":"77010000000","recipient":"9090","text":"…"}` sends a subscriber's message.
 * - `GET /phones?after=N` returns what subscribers received and sent after event N; `POST /outcome` chooses the outcome of the
 *   next message to a number (shared/contracts/local-servers.ts).
 */
export async function startControlServer(port: number, deps: ControlDeps): Promise<ControlServer> {
	const server = createServer((request, response) => {
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
