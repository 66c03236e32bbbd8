import { once } from "node:events";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates, TLSSocket } from "node:tls";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { confirms } from "#shared/domain/reports/confirmation.ts";
import { httpWebhooks } from "#shared/net/http-webhooks.ts";
import { certificate, certificateKey } from "./smpp-certificate.ts";
import { aRawServer } from "./webhook-servers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
	for (const close of closers.splice(0)) close();
});

type Talk = (socket: Socket) => void;

async function aServer(talk: Talk) {
	const server = await aRawServer(talk);
	closers.push(() => server.close());
	return server;
}

const ok = "HTTP/1.1 200 OK\r\n";
const gzipped = `${ok}Content-Encoding: gzip\r\n`;
const noContent = "HTTP/1.1 204 No Content\r\n";

const says =
	(...parts: readonly (string | Buffer)[]): Talk =>
	(socket) => {
		for (const part of parts) socket.write(part);
	};
const saysLater =
	(...parts: readonly string[]): Talk =>
	async (socket) => {
		for (const part of parts) {
			socket.write(part);
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	};
const saysAndCloses =
	(...parts: readonly (string | Buffer)[]): Talk =>
	(socket) => {
		says(...parts)(socket);
		socket.end();
	};
const saysAndResets =
	(text: string): Talk =>
	(socket) =>
		socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));
const slowly =
	(text: string): Talk =>
	async (socket) => {
		for (const letter of text) {
			socket.write(letter);
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
	};

const answerOf = async (talk: Talk, body = "{}", limitMs = 1_000) => {
	const { port } = await aServer(talk);
	return await httpWebhooks({ limitMs, lookup: null }).post(`http://127.0.0.1:${port}/`, {}, body);
};

/** A TLS server that closes the connection below TLS, without a close_notify. */
async function anAbruptTlsServer(text: string) {
	const server = createTcpServer((raw) => {
		const secure = new TLSSocket(raw, { isServer: true, cert: certificate, key: certificateKey });
		secure.on("error", () => undefined);
		secure.once("data", () => secure.write(text, () => raw.end()));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	closers.push(() => server.close());
	return (server.address() as AddressInfo).port;
}

describe("a report to an imperfect server", () => {
	it.each<[string, Talk]>([
		["204 with a body after Connection: close", saysAndCloses(`${noContent}Connection: close\r\n\r\n{}`)],
		["204 with a Content-Length and its body", says(`${noContent}Content-Length: 2\r\n\r\nOK`)],
		["204 with a Content-Length and no body", says(`${noContent}Content-Length: 2\r\n\r\n`)],
		["204 with a body that comes later", says(`${noContent}Content-Length: 2\r\n\r\n`, "OK")],
		["204 with chunks", says(`${noContent}Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n`)],
		["204 with HTML", saysAndCloses(`${noContent}Content-Type: text/html\r\n\r\n<html></html>`)],
		["204 with a whole second response", says(`${noContent}\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n`)],
		["204 without a reason", says("HTTP/1.1 204\r\n\r\n")],
		["204 with an empty reason", says("HTTP/1.1 204 \r\n\r\n")],
		["204 with an odd reason", says("HTTP/1.1 204 Принято\r\n\r\n")],
		["204 of HTTP/1.0", saysAndCloses("HTTP/1.0 204 no content\r\n\r\n")],
		["204 of HTTP/2 over plain text", saysAndCloses("HTTP/2 204\r\n\r\n")],
		["204 in lower case", saysAndCloses("http/1.1 204 no content\r\n\r\n")],
		["204 with bare line feeds", says("HTTP/1.1 204 No Content\nServer: x\n\n")],
		["204 after an empty line", says(`\r\n${noContent}\r\n`)],
		["204 with a header that has no colon", says(`${noContent}Server\r\n\r\n`)],
		["204 with a NUL in a header", says(`${noContent}x: a\0b\r\n\r\n`)],
		["204 with two lengths", says(`${noContent}Content-Length: 0\r\nContent-Length: 2\r\n\r\n`)],
		["204 with a malformed length", says(`${noContent}Content-Length: none\r\n\r\n`)],
		["204 with a length and chunks", says(`${noContent}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`)],
		["204 with 12 KB of headers", saysAndCloses(`${noContent}x: ${"z".repeat(12_000)}\r\n\r\n`)],
		["204 and 200 KB of headers", says(noContent, "x-y: z\r\n".repeat(20_000))],
		["204 and half of a header", says(`${noContent}x-y`)],
		["204 and a reset after the status line", saysAndResets(noContent)],
		["204 and a reset after the head", saysAndResets(`${noContent}\r\n`)],
		["204 and a close after the status line", saysAndCloses(noContent)],
		["204 an octet at a time", slowly(`${noContent}Server: x\r\n\r\n`)],
		[
			"204 after 100, 102 and 103",
			says(
				"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n",
				`${noContent}\r\n`,
			),
		],
		["a malformed 204 after 100", says("HTTP/1.1 100 Continue\r\n\r\n", `${noContent}Content-Length: none\r\n\r\n`)],
		["200 OK with junk behind it", says(`${ok}Content-Length: 2\r\n\r\nOK<!-- x -->`)],
		[
			"200 OK with junk after Connection: close",
			saysAndCloses(`${ok}Connection: close\r\nContent-Length: 2\r\n\r\nOK\r\n\r\n`),
		],
		["200 OK with too long a length", saysAndCloses(`${ok}Content-Length: 10\r\n\r\nOK`)],
		["200 OK with too long a length, kept open", says(`${ok}Content-Length: 10\r\n\r\nOK`)],
		["200 OK with a length of 0", says(`${ok}Content-Length: 0\r\n\r\nOK`)],
		["200 OK with a length of 1", says(`${ok}Content-Length: 1\r\n\r\nOK`)],
		["200 OK with a length of 1, closed", saysAndCloses(`${ok}Connection: close\r\nContent-Length: 1\r\n\r\nOK`)],
		["200 OK with a length of 0, the body later", saysLater(`${ok}Content-Length: 0\r\n\r\n`, "OK")],
		["200 OK with a length of 1, letter by letter", saysLater(`${ok}Content-Length: 1\r\n\r\n`, "O", "K")],
		["200 OK in quotes with a length of 2", says(`${ok}Content-Length: 2\r\n\r\n"OK"`)],
		["200 OK behind a line feed with a length of 2", says(`${ok}Content-Length: 2\r\n\r\n\nOK`)],
		["200 OK and 10 KB of headers", says(`${ok}x: ${"z".repeat(10_000)}\r\nContent-Length: 2\r\n\r\nOK`)],
		["200 OK and 15 KB of headers, malformed", says(`${ok}x\r\ny: ${"z".repeat(15_000)}\r\n\r\nOK`)],
		["200 OK with a malformed length", saysAndCloses(`${ok}Content-Length: two\r\n\r\nOK`)],
		["200 OK that is not chunked although it says so", saysAndCloses(`${ok}Transfer-Encoding: chunked\r\n\r\nOK`)],
		["200 OK in one chunk without the last one", saysAndCloses(`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n`)],
		["200 OK in a chunk and junk", says(`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\nzzz`)],
		[
			"200 OK in a chunk of HTTP/2",
			saysAndCloses("HTTP/2 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n"),
		],
		[
			"200 OK in a chunk and a malformed length",
			saysAndCloses(`${ok}Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n`),
		],
		["200 OK without a length", saysAndCloses(`${ok}\r\nOK`)],
		["200 OK of HTTP/1.0 without a length", saysAndCloses("HTTP/1.0 200 ok\r\n\r\nOK")],
		["200 OK without a length, then a reset", saysAndResets(`${ok}\r\nOK`)],
		["200 OK with a byte order mark", says(`${ok}Content-Length: 5\r\n\r\n\ufeffOK`)],
		["200 OK an octet at a time", slowly(`${ok}Content-Length: 2\r\n\r\nOK`)],
		["200 OK in gzip", saysAndCloses(`${ok}Content-Encoding: gzip\r\n\r\n`, gzipSync("OK"))],
		["200 OK in gzip, unannounced", saysAndCloses(`${ok}\r\n`, gzipSync("OK"))],
		["200 OK in gzip, cut", saysAndCloses(`${ok}Content-Encoding: gzip\r\n\r\n`, gzipSync("OK").subarray(0, -6))],
		["200 OK in gzip of the plain length", says(`${gzipped}Content-Length: 2\r\n\r\n`, gzipSync("OK"))],
		[
			"200 OK in gzip of length 0",
			says(Buffer.concat([Buffer.from(`${gzipped}Content-Length: 0\r\n\r\n`), gzipSync("OK")])),
		],
		[
			"200 OK in deflate of the plain length",
			saysAndCloses(
				Buffer.concat([Buffer.from(`${ok}Content-Encoding: deflate\r\nContent-Length: 2\r\n\r\n`), deflateSync("OK")]),
			),
		],
		["200 OK in deflate", saysAndCloses(`${ok}Content-Encoding: deflate\r\n\r\n`, deflateSync("OK"))],
		["200 OK in bare deflate", saysAndCloses(`${ok}Content-Encoding: deflate\r\n\r\n`, deflateRawSync("OK"))],
		["200 OK that is not gzip although it says so", saysAndCloses(`${ok}Content-Encoding: gzip\r\n\r\nOK`)],
	])("is confirmed by %s (A39)", async (_, talk) => {
		const answer = await answerOf(talk);

		expect(answer).toMatchObject({ kind: "answered" });
		expect(answer.kind === "answered" && confirms("document", answer.status, answer.body)).toBe(true);
	});

	it.each<[string, Talk]>([
		["200 with 200 KB of headers", says(ok, "x-y: z\r\n".repeat(20_000))],
		["200 with a body of another length than it says", saysAndCloses(`${ok}Content-Length: 10\r\n\r\n`)],
		[
			"200 with a body of 40,000 letters",
			says(`${ok}Transfer-Encoding: chunked\r\n\r\n`, "2\r\nOK\r\n".repeat(20_000)),
		],
		["200 with a gigabyte in a kilobyte of gzip", saysAndCloses(`${ok}\r\n`, gzipSync("OK".repeat(400_000)))],
		["200 with a length of 1 and OKAY", says(`${ok}Content-Length: 1\r\n\r\nOKAY`)],
		["200 with NO and a length of 1", says(`${ok}Content-Length: 1\r\n\r\nNO`)],
		["200 with a length of 0", says(`${ok}Content-Length: 0\r\n\r\n`)],
		["200 with OKAY in gzip", saysAndCloses(`${ok}Content-Encoding: gzip\r\n\r\n`, gzipSync("OKAY"))],
		["304 with a body", says("HTTP/1.1 304 Not Modified\r\n\r\nOK")],
		["302", saysAndCloses("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\nOK")],
		["2040", saysAndCloses("HTTP/1.1 2040 No Content\r\n\r\n")],
		[
			"a 204 that is not the first response",
			says("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", `${noContent}\r\n`),
		],
	])("is not confirmed by %s (A39)", async (_, talk) => {
		const answer = await answerOf(talk);

		expect(answer.kind === "answered" && confirms("document", answer.status, answer.body)).toBe(false);
	});

	it.each([
		["410 and a reset", saysAndResets("HTTP/1.1 410 Gone\r\n"), 410, null],
		[
			"503 with a malformed length",
			saysAndCloses("HTTP/1.1 503 x\r\nRetry-After: 7\r\nContent-Length: x\r\n\r\n"),
			503,
			"7",
		],
	] as const)("learns the status of %s (A40)", async (_, talk, status, retryAfter) => {
		expect(await answerOf(talk)).toMatchObject({ kind: "answered", status, retryAfter });
	});

	it.each([
		["and closes", saysAndCloses(`${noContent}Connection: close\r\n\r\n`)],
		["and goes on reading", says(`${noContent}\r\n`)],
	])("of a megabyte is confirmed by a server that answers before it has read the body %s", async (_, talk) => {
		expect(await answerOf(talk, `"${"x".repeat(1_000_000)}"`)).toMatchObject({ kind: "answered", status: 204 });
	});

	it.each([
		["204", `${noContent}\r\n`],
		["204 without the end of its head", noContent],
		["200 OK without a length", `${ok}\r\nOK`],
		["200 OK with too long a length", `${ok}Content-Length: 9\r\n\r\nOK`],
	])("is confirmed by %s over TLS that is closed without a close_notify (A39)", async (_, text) => {
		const usual = getCACertificates();
		setDefaultCACertificates([...usual, certificate]);
		closers.push(() => setDefaultCACertificates(usual));
		const port = await anAbruptTlsServer(text);

		const answer = await httpWebhooks({ limitMs: 1_000, lookup: null }).post(`https://localhost:${port}/`, {}, "{}");

		expect(answer.kind === "answered" && confirms("document", answer.status, answer.body)).toBe(true);
	});

	it.each([
		["a 204 with a late body", `${noContent}Content-Length: 2\r\n\r\n`, "OK"],
		["a 200 with a late second response", `${ok}Content-Length: 2\r\n\r\nNO`, `${noContent}\r\n`],
	])("is not confirmed by what %s left on the connection", async (_, first, rest) => {
		let requests = 0;
		const server = await aServer((socket) => {
			const answer = () => {
				requests += 1;
				if (requests > 1) return void socket.write("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
				socket.write(first);
				setImmediate(() => socket.write(rest));
			};
			answer();
			socket.on("data", answer);
		});
		const webhooks = httpWebhooks({ limitMs: 1_000, lookup: null });
		const post = async () => await webhooks.post(`http://127.0.0.1:${server.port}/`, {}, "{}");
		await post();
		await new Promise((resolve) => setTimeout(resolve, 30));

		expect(await post()).toMatchObject({ kind: "answered", status: 500 });
	});
});
