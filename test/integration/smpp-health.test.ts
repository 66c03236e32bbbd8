import { afterEach, expect, it } from "vitest";
import { freePort } from "#local/wire/listen.ts";
import { type Health, type HealthServer, openHealthServer } from "#smpp/health-server.ts";

let health: HealthServer | undefined;
afterEach(() => health?.close());

async function healthOf(facts: () => Health) {
	const port = await freePort();
	health = await openHealthServer(port, facts);
	return `http://127.0.0.1:${port}`;
}

it("a started service answers GET /healthz and nothing else", async () => {
	const url = await healthOf(() => ({ started: true, binds_up: { kcell: 2 } }));

	const answer = await fetch(`${url}/healthz`);

	expect([answer.status, await answer.json()]).toEqual([200, { started: true, binds_up: { kcell: 2 } }]);
	expect((await fetch(`${url}/`)).status).toBe(404);
	expect((await fetch(`${url}/healthz`, { method: "POST" })).status).toBe(404);
});

it("a service that has not read its switches yet is not healthy", async () => {
	let started = false;
	const url = await healthOf(() => ({ started }));

	expect((await fetch(`${url}/healthz`)).status).toBe(503);
	started = true;
	expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
