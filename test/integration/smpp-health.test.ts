import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "#local/wire/listen.ts";
import { type HealthServer, openHealthServer } from "#smpp/health-server.ts";

let health: HealthServer;
let url: string;

beforeAll(async () => {
	const port = await freePort();
	health = await openHealthServer(port);
	url = `http://127.0.0.1:${port}`;
});
afterAll(() => health?.close());

it("the SMPP service answers its health check while the process is alive", async () => {
	expect((await fetch(`${url}/healthz`)).status).toBe(200);
	expect((await fetch(`${url}/`)).status).toBe(404);
	expect((await fetch(`${url}/healthz`, { method: "POST" })).status).toBe(404);
});
