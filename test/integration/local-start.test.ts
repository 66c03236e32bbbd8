import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { root } from "#infra/entries.ts";
import { freePort, listen } from "#local/wire/listen.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { certificate, certificateKey } from "./smpp-certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-start-"));
afterAll(() => rmSync(folder, { recursive: true }));

const started: ChildProcess[] = [];

afterEach(() => {
	for (const child of started) child.kill("SIGKILL");
});

function start(env: Record<string, string>): ChildProcess {
	const child = spawn(process.execPath, [join(root, "local/start.ts")], { env, stdio: ["ignore", "pipe", "pipe"] });
	started.push(child);
	return child;
}

const portNames = ["SMSGW_HTTP_PORT", "SMSGW_SMPP_PORT", "SMSGW_SINK_PORT", "SMSGW_CONSOLE_PORT"] as const;

async function freePorts(): Promise<Record<string, string>> {
	return Object.fromEntries(
		await Promise.all(portNames.map(async (name) => [name, String(await freePort())] as const)),
	);
}

async function sendMessage({ SMSGW_HTTP_PORT: port }: Record<string, string>) {
	const url = `http://127.0.0.1:${port}/app/smsgw/rest/v2`;
	const body = { client_message_id: "1", sender: "SMSGW", recipient: "77010000000", message_text: "Hello" };
	const authorization = `Basic ${Buffer.from("demo:demo").toString("base64")}`;
	const answer = await fetch(`${url}/messages`, {
		method: "POST",
		headers: { authorization },
		body: JSON.stringify(body),
	});
	const { message_id: id } = (await answer.json()) as { readonly message_id: string };
	return { id, url };
}

async function ended(child: ChildProcess) {
	const all = async (stream: Readable | null) => (stream ? await text(stream) : "");
	const [[code], out, err] = await Promise.all([once(child, "exit"), all(child.stdout), all(child.stderr)]);
	return { code, out, err };
}

function aFile(name: string, content: string): string {
	const file = join(folder, name);
	writeFileSync(file, content);
	return file;
}

const certFile = aFile("cert.pem", certificate);
const keyFile = aFile("key.pem", certificateKey);
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const otherKeyFile = aFile("other.pem", otherKey.export({ type: "pkcs8", format: "pem" }).toString());
const smscLogin = { host: "127.0.0.1", port: 1, system_id: "smsgw", password: "secret" };
const allSmscs = Object.fromEntries(operators.map((operator) => [operator, smscLogin]));
const earnest = { SMSGW_DEMO: "off", SMSGW_OPERATORS: aFile("all.json", JSON.stringify(allSmscs)) };

describe("npm start", () => {
	it.each([
		["a port that is not a number", { SMSGW_HTTP_PORT: "http" }, /SMSGW_HTTP_PORT/],
		["a port out of range", { SMSGW_SMPP_PORT: "70000" }, /SMSGW_SMPP_PORT/],
		["a missing file", { SMSGW_OPERATORS: "/nowhere.json" }, /SMSGW_OPERATORS: \/nowhere\.json/],
		["a file that is not JSON", { SMSGW_OPERATORS: aFile("text.json", "beeline") }, /must be JSON/],
		["a demo that is neither on nor off", { SMSGW_DEMO: "no" }, /SMSGW_DEMO/],
		["a form of the log that it does not know", { SMSGW_LOG: "verbose" }, /SMSGW_LOG/],
		["a form of the log without the demo", { ...earnest, SMSGW_LOG: "short" }, /^SMSGW_LOG: .*SMSGW_DEMO=off/],
		[
			"no demo and no SMSCs",
			{ SMSGW_DEMO: "off" },
			/SMSGW_OPERATORS must have an SMSC for beeline, kcell, altel, tele2/,
		],
		["a demo that others can reach", { SMSGW_HOST: "0.0.0.0" }, /SMSGW_DEMO=off/],
		["every address without a public URL", { ...earnest, SMSGW_HOST: "0.0.0.0" }, /^SMSGW_PUBLIC_URL: /],
		["a host that is a name", { SMSGW_HOST: "localhost" }, /IP address.*SMSGW_HOST/],
		[
			"an address of another machine",
			{ ...earnest, SMSGW_HOST: "192.0.2.1" },
			/192\.0\.2\.1 is no address of this machine/,
		],
		["a certificate without its key", { SMSGW_TLS_CERT: certFile }, /give both or none/],
		[
			"a certificate that is not there",
			{ SMSGW_TLS_CERT: "/none.pem", SMSGW_TLS_KEY: keyFile },
			/\/none\.pem cannot be read: ENOENT/,
		],
		[
			"a file that is no certificate",
			{ SMSGW_TLS_CERT: keyFile, SMSGW_TLS_KEY: keyFile },
			/is not a certificate in PEM/,
		],
		[
			"the key of another certificate",
			{ SMSGW_TLS_CERT: certFile, SMSGW_TLS_KEY: otherKeyFile },
			/is not the key of the certificate/,
		],
		[
			"a data folder that cannot be created",
			{ SMSGW_DATA: "/proc/data" },
			/^SMSGW_DATA: the folder \/proc\/data cannot be created: ENOENT/,
		],
		[
			"a data folder without the folder above",
			{ SMSGW_DATA: join(folder, "none", "data") },
			/^SMSGW_DATA: the folder \S+ cannot be created: the folder above does not exist/,
		],
		["a data folder that is a file", { SMSGW_DATA: certFile }, /^SMSGW_DATA: \S+ is not a folder/],
		["a data folder in a file", { SMSGW_DATA: join(certFile, "data") }, /^SMSGW_DATA: \S+ is not a folder/],
		[
			"a data folder with a long path",
			{ SMSGW_DATA: `/tmp/${"x".repeat(90)}` },
			/^SMSGW_DATA: .* longer than 99 octets/,
		],
		["an operator without a host", { SMSGW_OPERATORS: aFile("o.json", '{"kcell":{}}') }, /kcell\.host/],
	])("refuses %s in one line, with exit code 1", async (_, env, expected) => {
		const { code, out, err } = await ended(start({ ...(await freePorts()), ...env }));

		expect(code).toBe(1);
		expect(out).toBe("");
		expect(err).toMatch(expected);
		expect(err.trim().split("\n")).toHaveLength(1);
	});

	it.each(portNames)("names %s if that port is in use", async (name) => {
		const taken = createServer();
		const port = await listen(taken, 0);

		const { code, err } = await ended(start({ ...(await freePorts()), [name]: String(port) }));

		expect(code).toBe(1);
		expect(err).toBe(`port ${port} is in use: set ${name} to another port\n`);
		taken.close();
	});

	it("prints its addresses and what happens, and on Ctrl-C drains, exits with 0 and keeps the log", async () => {
		const ports = await freePorts();
		const child = start({ ...ports, SMSGW_DATA: join(folder, "kept") });
		const exited = once(child, "exit");
		let output = "";
		child.stdout?.on("data", (chunk) => {
			output += chunk;
		});
		await vi.waitFor(() => expect(output).toContain("Press Ctrl-C to stop"), { timeout: 30_000 });
		const { id, url } = await sendMessage(ports);
		const lines = () => output.split("\n").map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, ""));
		await vi.waitFor(() => expect(lines()).toContainEqual(expect.stringMatching(`^reported +demo +${id}$`)), {
			timeout: 10_000,
		});

		child.kill("SIGINT");

		expect((await exited)[0]).toBe(0);
		expect(output).toContain(`${url}\n`);
		expect(output).toContain(`127.0.0.1:${ports["SMSGW_SMPP_PORT"]}`);
		expect(output).toContain(`http://127.0.0.1:${ports["SMSGW_SINK_PORT"]}/received`);
		expect(output).toContain(`http://127.0.0.1:${ports["SMSGW_CONSOLE_PORT"]}\n`);
		for (const shown of [
			`accepted +demo +${id} for kcell`,
			`submitted +kcell +${id}, SMSC id .+`,
			`DELIVERED +kcell +${id}`,
		]) {
			expect(lines()).toContainEqual(expect.stringMatching(`^${shown}$`));
		}
		expect(output).not.toMatch(/"_aws"|77010000000|operator\.state/);
		const [, logFile = ""] = /The log is (.*)\n$/.exec(output) ?? [];
		expect(dirname(logFile)).toBe(join(folder, "kept", "logs"));
		expect(readFileSync(logFile, "utf8")).toContain('"_aws"');
	});
});
