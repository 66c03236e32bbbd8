import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { consoleServer } from "#admin/console/open-console.ts";
import type { Target } from "#admin/target.ts";
import { startSimulatedOperators } from "#local/operators/start-simulated-operators.ts";
import { listen } from "#local/wire/listen.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

const token = "a-token";
const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

/** A console that knows simulated operators and an empty webhook server, and no tables. */
async function aConsole() {
	const operators = await startSimulatedOperators({ kcell: 0 }, 0);
	const webhooks = createServer((_, response) => response.end(JSON.stringify({ last: 0, requests: [], modes: {} })));
	const localServers = {
		operatorsControlUrl: `http://127.0.0.1:${operators.controlPort}`,
		sinkUrl: `http://127.0.0.1:${await listen(webhooks, 0)}`,
	};
	const target = { stageName: null, localServers, apiUrl: "http://127.0.0.1:1/api" } as unknown as Target;
	const log = memoryLog();
	const guard = () => ({ port: (server.address() as AddressInfo).port, token });
	const server = consoleServer({ target, guard, user: "an-operator", log });
	const url = `http://127.0.0.1:${await listen(server, 0)}`;
	closing.push(
		async () => await operators.close(),
		() => webhooks.close(),
		async () => {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	);
	const headers = { cookie: `smsgw-console-${new URL(url).port}=${token}` };
	const act = async (name: string, body: unknown) =>
		await fetch(`${url}/api/${name}`, {
			method: "POST",
			headers: { ...headers, origin: url, "content-type": "application/json" },
			body: typeof body === "string" ? body : JSON.stringify(body),
		});
	return { url, headers, log, act };
}

/** The data of a stream's next events, until one has what is sought. */
async function eventWith(response: Response, sought: string): Promise<string> {
	let text = "";
	for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
		text += chunk;
		if (text.includes(sought)) return text;
	}
	return text;
}

const answer = { operator: "kcell", sender: "77010000000", recipient: "9090", text: "Hello there" };

describe("the console's server", () => {
	it("shows nothing without its token", async () => {
		const { url } = await aConsole();

		for (const path of ["/", "/api/about", "/main.ts", "/api/stream/phones"])
			expect((await fetch(`${url}${path}`)).status).toBe(401);
	});

	it("moves the token from the address into a cookie, with which its pages load", async () => {
		const { url } = await aConsole();
		const first = await fetch(`${url}/?token=${token}`, { redirect: "manual" });
		const cookie = first.headers.get("set-cookie")?.split(";")[0] ?? "";

		const page = await fetch(`${url}${first.headers.get("location")}`, { headers: { cookie } });

		expect([first.status, page.status]).toEqual([303, 200]);
		expect(await page.text()).toContain('src="/main.ts"');
		expect(Object.fromEntries(page.headers)).toMatchObject({
			"cache-control": "no-store",
			"content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self';(?!.*unsafe)/),
			"x-content-type-options": "nosniff",
		});
	});

	it("streams what the phones receive and send, from the beginning and then as it comes", async () => {
		const { url, headers, act } = await aConsole();
		await act("phones/answer", answer);
		const stream = await fetch(`${url}/api/stream/phones`, { headers });

		expect(await eventWith(stream, "Hello there")).toContain('"subscriber":"77010000000"');

		const second = await fetch(`${url}/api/stream/phones`, { headers });
		await act("phones/answer", { ...answer, text: "And again" });
		expect(await eventWith(second, "And again")).toContain("Hello there");
	});

	it("logs who did what before it is done, without texts", async () => {
		const { act, log } = await aConsole();

		expect((await act("phones/answer", answer)).status).toBe(200);

		expect(log.events).toEqual([
			{
				event: "console.action",
				fields: {
					user: "an-operator",
					action: "phones/answer",
					...{ operator: "kcell", sender: "77010000000", recipient: "9090" },
				},
			},
		]);
	});

	it.each([
		["an action without a confirmation", "operators/pause", { operator: "kcell" }, 400],
		["an unknown operator", "operators/resume", { operator: "kcel" }, 400],
		["an unknown field", "phones/answer", { ...answer, more: 1 }, 400],
		["an unknown action", "operators/remove", {}, 404],
		["what is no JSON", "phones/answer", "{", 400],
		["a list", "phones/answer", "[]", 400],
		["a long body", "phones/answer", { ...answer, text: "x".repeat(70_000) }, 400],
	])("refuses %s in JSON, and does nothing", async (_, name, body, status) => {
		const { act, log } = await aConsole();

		const response = await act(name, body);

		expect(response.status).toBe(status);
		expect(await response.json()).toEqual({ error: expect.any(String) });
		expect(log.events).toEqual([]);
	});

	it.each([
		["/api/nothing", 404],
		["//", 400],
		["/api/phones/code?language=COBOL", 400],
		["/api/stream/nothing", 404],
		["/../package.json", 404],
		["/.env", 404],
		["/packages/../../package.json", 404],
	])("answers %s with %i", async (path, status) => {
		const { url, headers } = await aConsole();

		expect((await fetch(`${url}${path}`, { headers })).status).toBe(status);
	});

	it("says that a local server does not answer, and goes on", async () => {
		const { url, headers } = await aConsole();
		const failed = await fetch(`${url}/api/traffic`, { headers });

		expect([failed.status, (await fetch(`${url}/api/about`, { headers })).status]).toEqual([500, 200]);
	});
});
