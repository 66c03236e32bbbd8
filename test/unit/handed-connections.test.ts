import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { handedConnections } from "#local/console/handed-connections.ts";

const closing: (() => void)[] = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

/** A server that gets its connections from another, as the local stack's console does. */
async function aServer() {
	const limits = { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 20 };
	const http = createHttpServer(limits, (_, response) => void response.write("open"));
	const connections = handedConnections(http);
	const accepting = createServer({ pauseOnConnect: true }, connections.serve);
	accepting.listen(0, "127.0.0.1");
	await once(accepting, "listening");
	const { port } = accepting.address() as AddressInfo;
	closing.push(
		() => accepting.close(),
		() => http.close(),
	);
	const send = (text: string): Socket => {
		const socket = connect(port, "127.0.0.1");
		closing.push(() => socket.destroy());
		socket.write(text);
		return socket;
	};
	return { connections, send };
}

describe("connections that another process has accepted", () => {
	it("are counted until they close, so that an open page is never cut", async () => {
		const { connections, send } = await aServer();
		const page = send("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
		await once(page, "data");
		await wait(200);
		expect(connections.idleMs()).toBe(0);

		page.destroy();
		await expect.poll(connections.idleMs).toBeGreaterThan(0);
	});

	it("are closed if their request does not come in time", async () => {
		const { connections, send } = await aServer();
		const slow = send("GET / HT");

		const [answer] = await once(slow, "data");

		expect(String(answer)).toMatch(/^HTTP\/1\.1 408/);
		await expect.poll(connections.idleMs).toBeGreaterThan(0);
	});
});
