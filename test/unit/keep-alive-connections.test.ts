import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { keepAliveConnections } from "#shared/aws/transport/keep-alive-connections.ts";

const limits = { connectMs: 1_000, answerMs: 1_000, connectionsMax: 5 };

async function aServer() {
	const ports: (number | undefined)[] = [];
	const server = createServer(({ socket }, response) => {
		ports.push(socket.remotePort);
		response.end("{}");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const close = () => {
		server.closeAllConnections();
		server.close();
	};
	return { url: new URL(`http://127.0.0.1:${port}`), ports, close };
}

describe("connections to AWS", () => {
	afterEach(() => vi.useRealTimers());

	it.each([
		["used again within their limit", 4_000, 1],
		["not used again after it, because they may have died meanwhile", 6_000, 2],
	])("are %s", async (_, idleMs, connections) => {
		const server = await aServer();
		const post = keepAliveConnections({ ...limits, idleMaxMs: 5_000 });
		const call = async () => await post(server.url, [["host", server.url.host]], "{}", undefined);

		await call();
		await new Promise(setImmediate);
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + idleMs });
		const { status } = await call();
		server.close();

		expect(status).toBe(200);
		expect(new Set(server.ports).size).toBe(connections);
	});
});
