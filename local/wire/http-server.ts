import { createServer, type Socket } from "node:net";
import { type HttpRequest, requestReader } from "./http-requests.ts";
import { listen, loopback } from "./listen.ts";

export type HttpAnswer = {
	readonly status: number;
	/** All but `content-length`. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

export type HttpServer = { readonly url: string; close(): void };

/** @param onGone calls back if the client disconnects before it has the answer. */
export type AnswerRequest = (request: HttpRequest, onGone: (listener: () => void) => void) => Promise<HttpAnswer>;

/**
 * A server of short JSON calls over connections that stay open, on a free port of the loopback address. Node's own server takes
 * twice the CPU of a call. Requests need a `content-length`; those of a connection are answered one after the other.
 */
export async function openHttpServer(answer: AnswerRequest): Promise<HttpServer> {
	const sockets = new Set<Socket>();
	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
		socket.on("error", () => socket.destroy());
		serve(socket, answer);
	});
	const port = await listen(server, 0);
	return {
		url: `http://${loopback}:${port}`,
		close() {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}

function serve(socket: Socket, answer: AnswerRequest): void {
	const reader = requestReader();
	let isBusy = false;
	let gone: (() => void) | undefined;
	const onGone = (listener: () => void) => {
		gone = listener;
	};

	async function answerAll(): Promise<void> {
		if (isBusy) return;
		isBusy = true;
		for (let request = reader.next(); request !== undefined; request = reader.next()) {
			socket.write(textOf(await answer(request, onGone)));
			gone = undefined;
			if (request.header("connection") === "close") socket.end();
		}
		isBusy = false;
	}

	socket.on("close", () => gone?.());
	socket.on("data", (chunk) => {
		try {
			reader.add(chunk);
			answerAll().catch(() => socket.destroy());
		} catch {
			socket.destroy();
		}
	});
}

function textOf({ status, headers, body }: HttpAnswer): string {
	let head = `HTTP/1.1 ${status} ${status < 300 ? "OK" : "Error"}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
	for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
	return `${head}\r\n${body}`;
}
