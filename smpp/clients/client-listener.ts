import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Log } from "#shared/log.ts";
import type { ConnectionLimiter } from "./connection-limiter.ts";

export type ListenerSettings = {
	readonly host?: string | undefined;
	readonly port: number;
	/** PEM. Without it the listener is plain TCP. */
	readonly tls?: { readonly cert: string; readonly key: string } | undefined;
};

export type ClientListener = { readonly port: number; close(): Promise<void> };

const handshakeMs = 5_000;

function serverOf({ tls }: ListenerSettings, onReady: (socket: Socket) => void): Server {
	/* A client that ends its half right after a submit_sm gets the response. */
	if (tls === undefined) return createServer({ allowHalfOpen: true }, onReady);
	const server = createTlsServer(
		{ ...tls, allowHalfOpen: true, handshakeTimeout: handshakeMs, minVersion: "TLSv1.2" },
		onReady,
	);
	/* A failed handshake is the peer's fault: no log. */
	server.on("tlsClientError", (_error, socket) => socket.destroy());
	return server;
}

/** Resolves when the listener is open; rejects if the port is in use. */
export async function openClientListener(
	settings: ListenerSettings,
	limiter: Pick<ConnectionLimiter, "admit">,
	log: Log,
	onClient: (socket: Socket) => void,
): Promise<ClientListener> {
	const server = serverOf(settings, (socket) => onClient(socket));
	/* Before the TLS handshake, so that endless handshakes count, and before the plain server's own handler. */
	server.prependListener("connection", (socket: Socket) => {
		/* Before and after the session has its own handler, an error would be unhandled. */
		socket.on("error", () => socket.destroy());
		if (!limiter.admit(socket)) socket.destroy();
	});
	server.listen(settings.port, settings.host);
	await once(server, "listening");
	server.on("error", (err) => log.error("clients.listener_failed", { err }));
	const { port } = server.address() as AddressInfo;
	log.info("clients.listening", { port, tls: settings.tls !== undefined });
	return {
		port,
		async close() {
			if (!server.listening) return;
			server.close();
			await once(server, "close");
		},
	};
}
