import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Exchange, Kit } from "#admin/conformance/exchange.ts";
import { type CheckResult, judge } from "#admin/conformance/judge.ts";
import { runSmppSteps } from "#admin/conformance/run-smpp-steps.ts";
import { runSteps } from "#admin/conformance/run-steps.ts";
import { runCommandLine } from "#admin/run.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { freePort } from "#local/wire/listen.ts";
import { sizeOf } from "#test/size-of.ts";
import { type Alter, openAlteringProxy } from "./altering-proxy.ts";
import { type ClientMessage, clientOf, eventually } from "./client.ts";
import { guidedPrograms } from "./guided-programs.ts";
import { openTestStack } from "./local-stack.ts";
import { plantedFaults, plantedSmppFaults } from "./planted-faults.ts";
import { clients, esmes, isInstalled, missing, runSample, startSample } from "./samples.ts";
import { portOf } from "./smsc.ts";

/** What helps those who write clients, on a running local stack. */

const folder = mkdtempSync(join(tmpdir(), "smsgw-integrators-"));
const passwordFile = join(folder, "password");
let localStack: LocalStack;
let reportsPort: number;
beforeAll(async () => {
	writeFileSync(passwordFile, "demo\n");
	reportsPort = await freePort();
	localStack = await openTestStack({
		accounts: [
			{
				account: {
					user_name: "kit",
					senders: [{ name: "SMSGW" }],
					webhook: { url: `http://127.0.0.1:${reportsPort}/reports` },
					smpp: { binds: 1, window: 10, reports_by: "channel" },
				},
				password: "demo",
				reportsBySmpp: true,
			},
			{
				account: {
					user_name: "elsewhere",
					senders: [{ name: "SMSGW" }],
					webhook: { url: "http://127.0.0.1:1/" },
				},
				password: "another",
			},
		],
	});
	vi.stubEnv("SMSGW_HTTP_PORT", new URL(localStack.url).port);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await localStack?.stop();
	rmSync(folder, { recursive: true });
});

/** What it has printed so far, and its end. */
function start(...words: readonly string[]) {
	const [out, err]: [string[], string[]] = [[], []];
	const streams = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
	const ended = runCommandLine(words, streams).then((code) => ({ code, out: out.join(""), err: err.join("") }));
	return [out, ended] as const;
}

const run = async (...words: readonly string[]) => await start(...words)[1];

const conformanceOf = async (url: string, ...more: readonly string[]) =>
	await run(
		...["conformance", url, "--user", "demo", "--password-file", passwordFile],
		...["--sender", "SMSGW", "--recipient", "77010000000", "--smpp", `127.0.0.1:${localStack.smppPort}`, ...more],
	);

const lineOf = ({ point, step, detail }: CheckResult) => `${point} ${step}: ${detail}`;
const isMissed = ({ verdict }: CheckResult) => verdict !== "pass";

async function missedOf(url: string): Promise<readonly string[]> {
	const { out, err } = await conformanceOf(url, "--send", "--json");
	if (err !== "") throw new Error(err);
	const findings = JSON.parse(out) as readonly CheckResult[];
	return findings.filter(isMissed).map(lineOf);
}

function alteredBy(alter: Alter, { request, answer }: Exchange): Exchange {
	if ("failed" in answer) return { request, answer };
	const { status, headers, text } = alter(request, answer);
	const isJson = text !== "" && answer.json !== undefined;
	return { request, answer: { status, headers, text, json: isJson ? JSON.parse(text) : answer.json } };
}

describe("smsgw conformance", () => {
	it("finds no difference in this gateway, and writes its report as text and as a page", async () => {
		const html = join(folder, "report.html");
		const { code, out, err } = await conformanceOf(
			localStack.url,
			...["--send", "--html", html, "--user", "kit", "--reports-port", String(reportsPort)],
		);

		expect([code, err]).toEqual([0, ""]);
		expect(out).toMatch(/\npass: \d+, differs: 0, settled otherwise: 0, not tried: 0\n$/);
		expect(readFileSync(html, "utf8")).toContain("SMPP submit_sm");
		expect(readFileSync(html, "utf8")).toContain("URL созданного сообщения в Location Header");
		expect(readFileSync(html, "utf8")).not.toContain("ZGVtbzpkZW1v");
	});

	it("sends nothing without --send", async () => {
		const submits = async () =>
			((await (await fetch(`${localStack.operatorsControlUrl}/submits`)).json()) as []).length;
		const before = await submits();
		const { code, out } = await conformanceOf(localStack.url);

		expect(code).toBe(0);
		expect(out).toMatch(/differs: 0, settled otherwise: 0, not tried: [1-9]\d*\n$/);
		expect(await submits()).toBe(before);
	});

	/* One run is recorded, and its answers altered: a run for each mutation would take a minute. */
	const recorded: { kit: Kit | null } = { kit: null };
	const recordedKit = async () => {
		const settings = { url: localStack.url, user: "demo", password: "demo", sender: "SMSGW", recipient: "77010000000" };
		const run = { runId: randomUUID().slice(0, 13), startedAt: Date.now(), send: true, waitMs: 60_000 };
		const address = { host: "127.0.0.1", port: localStack.smppPort };
		recorded.kit ??= await runSteps({
			...{ ...settings, ...run },
			before: await runSmppSteps({ ...settings, ...run, address, systemId: "demo" }),
		});
		return recorded.kit;
	};

	it.each([...plantedFaults, ...plantedSmppFaults])("finds that %s", async (_, alter, expected) => {
		const kit = await recordedKit();
		const altered = [...kit.exchanges].map(([name, exchange]) => [name, alteredBy(alter, exchange)] as const);
		const missed = judge({ ...kit, exchanges: new Map(altered) })
			.filter(isMissed)
			.map(lineOf);

		expect(
			judge(kit)
				.filter(isMissed)
				.filter(({ step }) => step !== "reports"),
		).toEqual([]);
		expect(missed).toEqual(expect.arrayContaining(expected.map((start) => expect.stringContaining(start))));
	});

	it.each(plantedFaults.slice(0, sizeOf({ merge: 1, nightly: plantedFaults.length })))(
		"finds from outside that %s",
		async (_, alter, expected) => {
			const proxy = await openAlteringProxy(localStack.url, alter);
			const missed = await missedOf(proxy.url);
			proxy.close();

			expect(missed).toEqual(expect.arrayContaining(expected.map((start) => expect.stringContaining(start))));
		},
	);

	it("reports that a gateway does not answer", async () => {
		const { code, out } = await conformanceOf(`http://127.0.0.1:${await freePort()}`);

		expect(code).toBe(1);
		expect(out).toContain("no answer: connect ECONNREFUSED");
	});
});

describe("smsgw listen", () => {
	it("forwards each report that smsgw trigger makes, signed, and gives the answer back to the gateway", async () => {
		const got: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
		const server = createServer(async (request, response) => {
			const body = await text(request);
			got.push({ headers: request.headers, body });
			response.writeHead(got.length === 1 ? 500 : 200).end("OK");
		});
		const url = `http://127.0.0.1:${await portOf(server)}/reports`;
		const [printed, listening] = start("listen", url, "--count", "4", "--local");
		await eventually(async () => printed.length, Boolean);

		const triggered = [
			await run("trigger", "delivered", "--local"),
			await run("trigger", "failed", "--local", "--json"),
			await run("trigger", "incoming", "--local"),
		];
		const { code, out, err } = await listening;
		server.close();

		expect(triggered.map((one) => [one.code, one.err])).toEqual(Array(3).fill([0, ""]));
		expect([code, err]).toEqual([0, ""]);
		const lines = out.trim().split("\n");
		expect(lines).toHaveLength(6);
		expect(lines.filter((line) => line.endsWith("-> 500 OK"))).toHaveLength(1);
		expect(lines.filter((line) => line.endsWith("-> 200 OK"))).toHaveLength(3);
		const { message_id } = JSON.parse(triggered[1]?.out ?? "") as Record<string, string>;
		expect(out).toMatch(new RegExp(`UNDELIVERABLE ${message_id} \\(`));
		expect(out).toContain("incoming from 77010000001 to 9090 -> 200 OK");
		expect(got.every(({ headers }) => headers["webhook-id"] !== undefined)).toBe(true);
		expect(JSON.parse(got.at(-1)?.body ?? "")).toBeTypeOf("object");
	});

	it.each([
		[
			"a webhook elsewhere",
			["listen", "http://127.0.0.1:1/", "--account", "elsewhere", "--local"],
			"is elsewhere; move it: smsgw",
		],
		["a stage", ["listen", "http://127.0.0.1:1/", "--stage", "prod"], "give --local"],
		["another password", ["trigger", "delivered", "--account", "elsewhere", "--local"], "give --password-file"],
		["no short code", ["trigger", "incoming", "--account", "elsewhere", "--local"], "has no short code"],
	])("and smsgw trigger say what to do about %s", async (_, words, advice) => {
		const { code, out, err } = await run(...words);

		expect([code > 0, out]).toEqual([true, ""]);
		expect(err).toContain(advice);
	});
});

describe("the samples", () => {
	const variables = () => ({
		SMSGW_URL: localStack.url,
		SMSGW_SMPP: `127.0.0.1:${localStack.smppPort}`,
		SMSGW_USER: "demo",
		SMSGW_PASSWORD: "demo",
	});

	it.for(clients)("send a batch, and read its messages: $name", async ({ needs, batch, read }, { skip }) => {
		skip(!isInstalled(needs), missing(needs));
		const client = clientOf(localStack);
		const text = 'It\'s "quoted" \\';
		const sent = await runSample([...batch, text, "77010000001", "77010009927"], variables());
		const batchId = /\d{5,}/.exec(sent.out)?.[0] ?? "";
		const messages = (await client.request("GET", `/batches/${batchId}`)).body as unknown as readonly ClientMessage[];
		const ids = messages.map(({ message_id }) => String(message_id));
		for (const id of ids) await client.untilReported(id);

		const failed = await runSample([...read, ids[1] ?? ""], variables());

		expect([sent.code, messages.map((message) => message["message_text"])]).toEqual([0, [text, text]]);
		expect(failed.out).toMatch(/UNDELIVERABLE.*27/s);
	});

	it.for(esmes)("send a message by SMPP and get its receipt: $name", async ({ needs, send }, { skip }) => {
		skip(!isInstalled(needs), missing(needs));
		const { code, out, err } = await runSample([...send, "77010000002", "Сәлем"], variables());
		const [id = "", receipt] = out.split("\n");

		expect([code, err]).toEqual([0, ""]);
		expect(receipt).toMatch(new RegExp(`^id:${id} .*stat:DELIVRD`));
		expect(await clientOf(localStack).get(id)).toMatchObject({ message_text: "Сәлем", message_status: "DELIVERED" });
	});
});

describe("the guides for clients", () => {
	const pages = readdirSync("docs/clients/en").filter((name) => name.endsWith(".md"));
	const calls = pages.flatMap((page) =>
		[...readFileSync(join("docs/clients/en", page), "utf8").matchAll(/^```sh\n(curl .*?)^```/gms)].map(
			([, call = ""]) => ({
				page,
				call: call.trim(),
			}),
		),
	);

	it("have calls of curl", () => {
		expect(calls.length).toBeGreaterThan(3);
	});

	it.each(calls)("show in $page a call that succeeds", async ({ call }) => {
		const here = call.replaceAll("http://127.0.0.1:8080/app/smsgw/rest/v2", localStack.url);
		const { code, out } = await runSample(["sh", "-c", `${here} --silent --fail-with-body`], {});

		expect([code, out]).toEqual([0, expect.stringMatching(/"(?:message_id|batch_id)"/)]);
	});

	it.for(guidedPrograms())(
		"lead from an empty folder to a report with a verified signature: $name",
		async ({ needs, send, serve, settings, listen, trigger }, { skip }) => {
			skip(!isInstalled(needs), missing(needs));
			const workspace = mkdtempSync(join(folder, "program-"));
			for (const { file, code } of [send, serve]) writeFileSync(join(workspace, file), code);
			const inWorkspace = (command: string) => ["sh", "-c", `cd ${workspace} && exec ${command}`];
			const variables = { ...settings, SMSGW_URL: localStack.url };

			const sent = await runSample(inWorkspace(send.command), variables);
			await clientOf(localStack).untilReported(sent.out);
			const server = await startSample((port) => inWorkspace(serve.command.replace("8090", String(port))), variables);
			onTestFinished(server.stop);
			const [printed, listening] = start(
				...listen.replace("http://127.0.0.1:8090/", server.url).split(" "),
				"--count",
				"1",
			);
			await eventually(async () => printed.length, Boolean);
			const triggered = await run(...trigger.split(" "), "--json");
			const { message_id, client_message_id } = JSON.parse(triggered.out) as Record<string, string>;

			expect(sent).toMatchObject({ code: 0, err: "" });
			expect((await listening).out).toContain("-> 204");
			await eventually(
				async () => server.lines.at(-1),
				(line) => line === `${message_id} ${client_message_id} DELIVERED`,
			);
		},
	);
});
