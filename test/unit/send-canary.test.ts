import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { httpCanaryApi } from "#shared/net/http-canary-api.ts";
import { type CanaryApi, canaryPeriodMs, sendCanary } from "#shared/usecases/canary/send-canary.ts";
import { memoryMetrics } from "#test/fakes/memory-metrics.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

/** A gateway that has these messages, by client_message_id. */
function aGateway(statuses: Readonly<Record<string, string>> = {}, refuses = false) {
	const sent: string[] = [];
	const api: CanaryApi = {
		async send(id) {
			if (refuses) throw new Error("503");
			sent.push(id);
		},
		async statusOf(id) {
			const status = statuses[id];
			if (status === undefined) throw new Error("404");
			return status;
		},
	};
	return { api, sent, log: memoryLog(), metrics: memoryMetrics(), now: () => 7 * canaryPeriodMs + 1_000 };
}

describe("a canary", () => {
	it("is counted when the one before was delivered, and the next one is sent", async () => {
		const gateway = aGateway({ "canary-6": "DELIVERED" });

		await sendCanary(gateway);

		expect(gateway.metrics.counted).toEqual({ CanariesDelivered: 1 });
		expect(gateway.sent).toEqual(["canary-7"]);
		expect(gateway.log.events).toEqual([]);
	});

	it.each(["NEW", "SENT", "EXPIRED", "UNDELIVERABLE"])("of status %s is late: logged, not counted", async (status) => {
		const gateway = aGateway({ "canary-6": status });

		await sendCanary(gateway);

		expect(gateway.metrics.counted).toEqual({});
		expect(gateway.log.events).toMatchObject([{ event: "canary.late" }]);
		expect(gateway.sent).toEqual(["canary-7"]);
	});

	it("is sent also if the one before cannot be read", async () => {
		const gateway = aGateway();

		await sendCanary(gateway);

		expect(gateway.sent).toEqual(["canary-7"]);
		expect(gateway.log.events).toMatchObject([{ event: "canary.failed", fields: { step: "check" } }]);
	});

	it("that is refused is logged, and does not end in an error that repeats it", async () => {
		const gateway = aGateway({ "canary-6": "DELIVERED" }, true);

		await sendCanary(gateway);

		expect(gateway.metrics.counted).toEqual({ CanariesDelivered: 1 });
		expect(gateway.log.events).toMatchObject([{ event: "canary.failed", fields: { step: "send" } }]);
	});
});

type Answer = { readonly status: number; readonly body: unknown };

/** The API of a server that gives this answer, and what it was asked. */
async function anApi({ status, body }: Answer, limitMs = 5_000) {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
		if (status > 0) response.writeHead(status).end(JSON.stringify(body));
	});
	await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
	const account = { userName: "canary", password: "secret", sender: "SMSGW", recipient: "77010000000" };
	return { requests, api: httpCanaryApi({ url, ...account, limitMs }) };
}

describe("the canary's API", () => {
	it.each([
		["accepted", { status: 201, body: {} }],
		["a repeated one", { status: 400, body: { error_code: "23" } }],
	])("takes %s for sent", async (_, answer) => {
		const { api, requests } = await anApi(answer);

		await api.send("canary-1");

		expect(requests).toEqual([`POST /v2/messages Basic ${Buffer.from("canary:secret").toString("base64")}`]);
	});

	it.each([
		["another refusal", { status: 400, body: { error_code: "10" } }],
		["401", { status: 401, body: {} }],
		["503", { status: 503, body: {} }],
		["a redirect", { status: 302, body: {} }],
	])("fails for %s, without the password in the error", async (_, answer) => {
		const { api } = await anApi(answer);

		await expect(api.send("canary-1")).rejects.toThrow(expect.not.objectContaining({ message: /secret/ }));
	});

	it("fails if there is no answer in time", async () => {
		const { api } = await anApi({ status: 0, body: {} }, 50);

		await expect(api.statusOf("canary-1")).rejects.toThrow("timeout");
	});

	it("reads a message's status by its own id", async () => {
		const { api, requests } = await anApi({ status: 200, body: { message_status: "DELIVERED" } });

		expect(await api.statusOf("canary-1")).toBe("DELIVERED");
		expect(requests[0]).toMatch(/^GET \/v2\/users\/canary\/client_messages\/canary-1 /);
	});
});
