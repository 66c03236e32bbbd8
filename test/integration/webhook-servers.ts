import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { certificate, certificateKey } from "./smpp-certificate.ts";

/** A client's webhook server on a free port, which counts connections and requests. */
export type WebhookServer = {
	readonly port: number;
	/** The connections so far, and the most that were open at once. */
	readonly connections: () => { readonly opened: number; readonly most: number };
	readonly requests: () => number;
	/** Closes every idle connection, as servers do after a while. */
	closeIdle(): void;
	close(): void;
};

type Behaviour = { readonly tls?: boolean; readonly answer: RequestListener };

export async function aWebhookServer({ tls = false, answer }: Behaviour): Promise<WebhookServer> {
	let [opened, open, most, requests] = [0, 0, 0, 0];
	const listener: RequestListener = (request, response) => {
		requests += 1;
		answer(request, response);
	};
	const server = tls ? createHttpsServer({ cert: certificate, key: certificateKey }, listener) : createServer(listener);
	server.keepAliveTimeout = 0;
	server.on("connection", (socket: Socket) => {
		opened += 1;
		open += 1;
		most = Math.max(most, open);
		socket.on("close", () => {
			open -= 1;
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => ({ opened, most }),
		requests: () => requests,
		closeIdle: () => server.closeIdleConnections(),
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

/** A server that writes to the bare connection as soon as a request arrives. */
export async function aRawServer(talk: (socket: Socket) => void): Promise<Pick<WebhookServer, "port" | "close">> {
	const sockets = new Set<Socket>();
	const server = createTcpServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		socket.once("data", () => talk(socket));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		close() {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}

/** Writes until the other side closes. */
export function endlessly(write: (text: string) => boolean, on: ServerResponse | Socket, text: string): void {
	const pump = () => {
		while (!on.destroyed && write(text));
	};
	on.on("drain", pump);
	pump();
}
