import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** The only address of the engines, and of a local stack with demo accounts, whose passwords are public. */
export const loopback = "127.0.0.1";

/**
 * Opens `server` on an address and returns its port; 0 is any free one. Retries for `withinMs` if the port is taken:
 * after a restart an outgoing connection may hold it for a moment.
 */
export async function listen(server: Server, port: number, withinMs = 0, host = loopback): Promise<number> {
	const giveUpAt = performance.now() + withinMs;
	for (;;) {
		try {
			server.listen(port, host);
			await once(server, "listening");
			return (server.address() as AddressInfo).port;
		} catch (error) {
			if (performance.now() >= giveUpAt) throw error;
			await wait(20);
		}
	}
}

export async function freePort(): Promise<number> {
	const server = createServer();
	const port = await listen(server, 0);
	server.close();
	await once(server, "close");
	return port;
}
