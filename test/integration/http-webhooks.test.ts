import { spawn } from "node:child_process";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { httpWebhooks } from "#shared/net/http-webhooks.ts";
import { isPublicAddress } from "#shared/net/public-addresses.ts";
import { publicLookup, type Resolve } from "#shared/net/public-lookup.ts";
import { certificate } from "./smpp-certificate.ts";
import { aRawServer, aWebhookServer, endlessly } from "./webhook-servers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

async function opened<Server extends { close(): void }>(opening: Promise<Server>): Promise<Server> {
	const server = await opening;
	closers.push(() => server.close());
	return server;
}

/** Private addresses are allowed, as in the local stack. The limit is long enough never to end a test by itself. */
const open = (limitMs = 30_000) => httpWebhooks({ limitMs, lookup: null });
const guarded = (resolve?: Resolve) => httpWebhooks({ limitMs: 5_000, lookup: publicLookup(resolve) });

const resolvesTo =
	(...addresses: readonly string[]): Resolve =>
	(_, done) =>
		done(
			null,
			addresses.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
		);

describe("a POST to a client's webhook", () => {
	it("arrives with its headers and body, and returns the answer (R36)", async () => {
		const seen: { method?: string | undefined; id?: unknown; body?: string }[] = [];
		const server = await opened(
			aWebhookServer({
				answer: async (request, response) => {
					seen.push({ method: request.method, id: request.headers["webhook-id"], body: await text(request) });
					response.writeHead(503, { "retry-after": "7" }).end("нет");
				},
			}),
		);

		const answer = await open().post(`http://127.0.0.1:${server.port}/x?y=1`, { "webhook-id": "p" }, '{"т":1}');

		expect(answer).toEqual({ kind: "answered", status: 503, body: "нет", retryAfter: "7" });
		expect(seen).toEqual([{ method: "POST", id: "p", body: '{"т":1}' }]);
	});

	it("follows no redirect", async () => {
		const redirectTarget = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));
		const location = `http://127.0.0.1:${redirectTarget.port}/`;
		const server = await opened(
			aWebhookServer({ answer: (_, response) => response.writeHead(307, { location }).end() }),
		);

		const answer = await open().post(`http://127.0.0.1:${server.port}/`, {}, "{}");

		expect(answer).toMatchObject({ kind: "answered", status: 307 });
		expect(redirectTarget.connections().opened).toBe(0);
	});

	it("reads only the first part of an endless answer, and then closes the connection", async () => {
		const closed = Promise.withResolvers<void>();
		const server = await opened(
			aWebhookServer({
				answer: (_, response) => {
					response.on("close", () => closed.resolve());
					response.writeHead(200);
					endlessly((chunk) => response.write(chunk), response, "x".repeat(1_000));
				},
			}),
		);

		const answer = await open().post(`http://127.0.0.1:${server.port}/`, {}, "{}");

		expect(answer).toMatchObject({ kind: "answered", status: 200 });
		expect(answer.kind === "answered" && answer.body.length).toBeLessThan(200_000);
		await closed.promise;
	});

	it.each([
		["never answers", () => undefined],
		["sends part of a status line and stops", (write: (text: string) => unknown) => void write("HTTP/1.1 20")],
		[
			"sends 102 Processing without end",
			(write: (text: string) => unknown) => {
				closers.push(clearedInterval(() => write("HTTP/1.1 102 Processing\r\n\r\n"), 10));
			},
		],
	])("ends within its limit if the server %s (A40)", async (_, talk) => {
		const closed = Promise.withResolvers<void>();
		const server = await opened(
			aRawServer((socket) => {
				socket.on("close", () => closed.resolve());
				talk((chunk) => socket.write(chunk));
			}),
		);

		const answer = await open(300).post(`http://127.0.0.1:${server.port}/`, {}, "{}");

		expect(answer).toEqual({ kind: "failed", reason: "no answer in time" });
		await closed.promise;
	});

	it("ends within its limit if the name lookup never answers (A40)", async () => {
		const never: Resolve = () => undefined;

		const answer = await httpWebhooks({ limitMs: 50, lookup: publicLookup(never) }).post("http://x.example/", {}, "{}");

		expect(answer).toEqual({ kind: "failed", reason: "no answer in time" });
	});

	it.each([
		["closes without an answer", ""],
		["is not an HTTP server", "220 smtp.example ESMTP\r\n"],
		["closes in the middle of the status line", "HTTP/1.1 204 No Content"],
		["switches to another protocol", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
	])("fails if the server %s", async (_, words) => {
		const server = await opened(aRawServer((socket) => void socket.end(words)));

		expect((await open(1_000).post(`http://127.0.0.1:${server.port}/`, {}, "{}")).kind).toBe("failed");
	});

	it("reuses its connection, and opens a new one if the server closed it", async () => {
		const server = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));
		const webhooks = open();
		const post = async () => await webhooks.post(`http://127.0.0.1:${server.port}/`, {}, "{}");
		await post();
		await post();
		const kept = server.connections().opened;
		server.closeIdle();

		/* Our request and the server's close may cross; either order must work. */
		const answer = await post();

		expect(kept).toBe(1);
		expect(answer).toMatchObject({ kind: "answered", status: 204 });
	});

	it("is retried once if the reused connection closes, and only then", async () => {
		let calls = 0;
		const server = await opened(
			aWebhookServer({
				answer: (request, response) => {
					calls += 1;
					if (calls === 2) request.socket.destroy();
					else response.writeHead(204).end();
				},
			}),
		);
		const webhooks = open();
		const post = async () => await webhooks.post(`http://127.0.0.1:${server.port}/`, {}, "{}");
		await post();

		expect(await post()).toMatchObject({ kind: "answered", status: 204 });
		expect(calls).toBe(3);
	});

	it("opens at most 50 connections to a server", async () => {
		const held: (() => void)[] = [];
		const server = await opened(
			aWebhookServer({
				answer: (_, response) => {
					held.push(() => response.writeHead(204).end());
					if (server.requests() >= 50) for (const answer of held.splice(0)) answer();
				},
			}),
		);
		const webhooks = open();

		const posts = Array.from({ length: 120 }, async () => {
			return await webhooks.post(`http://127.0.0.1:${server.port}/`, {}, "{}");
		});
		await Promise.all(posts);

		expect(server.connections().most).toBe(50);
	});
});

function clearedInterval(act: () => unknown, ms: number): () => void {
	const timer = setInterval(act, ms);
	return () => clearInterval(timer);
}

describe("a client's HTTPS webhook", () => {
	it("is refused with an untrusted certificate", async () => {
		const server = await opened(aWebhookServer({ tls: true, answer: (_, response) => response.writeHead(204).end() }));

		const answer = await open().post(`https://localhost:${server.port}/`, {}, "{}");

		expect(answer).toEqual({ kind: "failed", reason: expect.stringMatching(/self.signed/i) });
		expect(server.requests()).toBe(0);
	});

	it("is called with a trusted certificate, only under the certificate's name", async () => {
		const usual = getCACertificates();
		setDefaultCACertificates([...usual, certificate]);
		closers.push(() => setDefaultCACertificates(usual));
		const server = await opened(aWebhookServer({ tls: true, answer: (_, response) => response.writeHead(204).end() }));

		const answer = await open().post(`https://localhost:${server.port}/`, {}, "{}");
		const byAddress = await open().post(`https://127.0.0.1:${server.port}/`, {}, "{}");

		expect(answer).toMatchObject({ kind: "answered", status: 204 });
		expect(byAddress).toEqual({ kind: "failed", reason: expect.stringMatching(/altnames|does not match/i) });
	});
});

describe("a URL of a private address", () => {
	it.each([
		"127.0.0.1",
		"2130706433",
		"0x7f000001",
		"0x7f.1",
		"0177.0.0.1",
		"127.1",
		"127.0.0.1.",
		"0",
		"１２７.0.0.1",
		"[::1]",
		"[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]",
		"[::127.0.0.1]",
		"[0:0:0:0:0:ffff:7f00:0001]",
		"localhost",
	])("is not called in the form http://%s", async (host) => {
		const server = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));

		const answer = await guarded().post(`http://${host}:${server.port}/`, {}, "{}");

		expect(answer).toEqual({ kind: "failed", reason: "not a public address" });
		expect(server.connections().opened).toBe(0);
	});

	it.each([
		["only to it", ["127.0.0.1"]],
		["to it and to a public one", ["8.8.8.8", "127.0.0.1"]],
		["to it first", ["127.0.0.1", "8.8.8.8"]],
		["to its IPv6 form", ["::ffff:127.0.0.1"]],
		["to the cloud's metadata", ["169.254.169.254"]],
	])("is not called if its name resolves %s", async (_, addresses) => {
		const server = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));

		const answer = await guarded(resolvesTo(...addresses)).post(`http://x.example:${server.port}/`, {}, "{}");

		expect(answer).toEqual({ kind: "failed", reason: "not a public address" });
		expect(server.connections().opened).toBe(0);
	});

	it("is not called if its name resolves differently the second time, because it is resolved once", async () => {
		const server = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));
		const answers = [["192.0.2.1"], ["127.0.0.1"]];
		let lookups = 0;
		const rebinding: Resolve = (host, done) => {
			const now = answers[Math.min(lookups, 1)] ?? [];
			lookups += 1;
			resolvesTo(...now)(host, done);
		};
		const first = await guarded(rebinding).post(`http://x.example:${server.port}/`, {}, "{}");
		const second = await guarded(rebinding).post(`http://x.example:${server.port}/`, {}, "{}");

		expect([first.kind, second.kind, lookups]).toEqual(["failed", "failed", 2]);
		expect(server.connections().opened).toBe(0);
	});

	it("is connected to at the address that was checked, after one lookup", () => {
		let lookups = 0;
		const counted: Resolve = (host, done) => {
			lookups += 1;
			resolvesTo("8.8.8.8", "2606:4700::1111")(host, done);
		};
		const given: unknown[] = [];

		publicLookup(counted)("x.example", { all: true }, (_, addresses) => given.push(addresses));
		publicLookup(counted)("x.example", {}, (_, address, family) => given.push([address, family]));

		expect(lookups).toBe(2);
		expect(given).toEqual([
			[
				{ address: "8.8.8.8", family: 4 },
				{ address: "2606:4700::1111", family: 6 },
			],
			["8.8.8.8", 4],
		]);
	});

	it.each(["file:///etc/passwd", "ftp://127.0.0.1/", "data:text/plain,x"])(
		"is not opened with another scheme: %s",
		async (url) => {
			expect(await guarded().post(url, {}, "{}")).toEqual({ kind: "failed", reason: "not HTTP" });
		},
	);

	it("fails if its name has no address", async () => {
		const impossible = `http://${"x".repeat(64)}.example/`;

		expect(await guarded().post(impossible, {}, "{}")).toMatchObject({
			kind: "failed",
			reason: expect.stringMatching("ENOTFOUND"),
		});
		expect(await guarded(resolvesTo()).post("http://x.example/", {}, "{}")).toMatchObject({ kind: "failed" });
		const unknown: Resolve = (_, done) => done(new Error("ENOTFOUND"), []);
		expect(await guarded(unknown).post("http://x.example/", {}, "{}")).toEqual({ kind: "failed", reason: "ENOTFOUND" });
	});
});

describe("an address", () => {
	it.each([
		"8.8.8.8",
		"1.0.0.1",
		"172.15.255.255",
		"172.32.0.0",
		"192.167.1.1",
		"100.128.0.1",
		"2606:4700::1111",
		"2a02::1",
	])("of the public internet may be called: %s", (address) => {
		expect(isPublicAddress(address)).toBe(true);
	});

	it.each([
		"0.0.0.0",
		"10.1.2.3",
		"100.64.0.1",
		"127.255.255.255",
		"169.254.169.254",
		"169.254.170.2",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.0.1",
		"198.18.0.1",
		"224.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"::ffff:10.0.0.1",
		"::ffff:8.8.8.8",
		"fd00:ec2::254",
		"fe80::1",
		"ff02::1",
		"64:ff9b::a00:1",
		"2002:a00:1::",
		"2001:db8::1",
		"no address",
		"",
	])("that is not public may not be called: %s", (address) => {
		expect(isPublicAddress(address)).toBe(false);
	});
});

describe("a proxy in the environment", () => {
	it("is not used", async () => {
		const proxy = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(502).end() }));
		const server = await opened(aWebhookServer({ answer: (_, response) => response.writeHead(204).end() }));
		const proxyUrl = `http://127.0.0.1:${proxy.port}`;
		const source = `
			import { httpWebhooks } from "#shared/net/http-webhooks.ts";
			const webhooks = httpWebhooks({ limitMs: 5_000, lookup: null });
			console.log(JSON.stringify(await webhooks.post("http://127.0.0.1:${server.port}/", {}, "{}")));
			process.exit();`;
		const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", source], {
			env: { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxyUrl, http_proxy: proxyUrl, NODE_NO_WARNINGS: "1" },
			stdio: ["ignore", "pipe", "inherit"],
		});
		const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);

		expect(JSON.parse(output)).toMatchObject({ kind: "answered", status: 204 });
		expect(proxy.connections().opened).toBe(0);
	});
});
