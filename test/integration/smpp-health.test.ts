import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "#local/engines/start-dynamo.ts";
import { type Health, openHealth } from "#smpp/open-health.ts";

let health: Health;
let url: string;

beforeAll(async () => {
	const port = await freePort();
	health = await openHealth(port);
	url = `http://127.0.0.1:${port}`;
});
afterAll(() => health?.close());

it("says that the process lives, to whoever asks the right question", async () => {
	expect((await fetch(`${url}/healthz`)).status).toBe(200);
	expect((await fetch(`${url}/`)).status).toBe(404);
	expect((await fetch(`${url}/healthz`, { method: "POST" })).status).toBe(404);
});
