import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "#admin/run.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { localRegion } from "#local/local-stage.ts";
import { localStackKey } from "#local/permissions/callers.ts";
import { awsJson } from "#local/wire/aws-json.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { openSession } from "#smpp/session/session.ts";
import { defaultSessionLimits } from "#smpp/session/session-limits.ts";
import type { Pdu } from "#smpp/wire/pdu.ts";
import { tlvText } from "#smpp/wire/tlvs.ts";
import { certificate, certificateKey } from "#test/integration/smpp-certificate.ts";
import { aBody, eventually } from "./client.ts";
import { anEsmeOf, submitByEsme } from "./esme.ts";
import { openTestStack } from "./local-stack.ts";
import { aReportWebhook } from "./report-webhook.ts";
import { anSmsc, anSmscLogin, portOf } from "./smsc.ts";

/** The local stack as an operator runs it: without the demo, with TLS, with its data in a folder, managed by the command line. */

const folder = mkdtempSync(join(tmpdir(), "smsgw-earnest-"));
const dataPath = join(folder, "data");
const copyPath = join(folder, "copy");
const smsc = anSmsc();
const webhook = aReportWebhook();
let localStack: LocalStack;
let webhookUrl: string;
let password = "";
/** Of an account whose reports go to its SMPP session. `waiting`: the message whose report waits for one. */
const sessions = { password: "", waiting: "" };
const open = async (path: string) =>
	await openTestStack({
		dataPath: path,
		demo: false,
		tls: { cert: certificate, key: certificateKey },
		publicUrl: "https://localhost:8443",
		operators: Object.fromEntries(
			operators.map((operator) => [operator, { ...anSmscLogin, system_id: operator, port: smscPort }]),
		),
	});
let smscPort: number;

beforeAll(async () => {
	[smscPort, webhookUrl] = await Promise.all([portOf(smsc.server), webhook.url()]);
	localStack = await open(dataPath);
	vi.stubEnv("SMSGW_DATA", dataPath);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await localStack?.stop();
	webhook.close();
	smsc.close();
	rmSync(folder, { recursive: true });
});

async function smsgw(call: string): Promise<string> {
	const printed: string[] = [];
	const keep = (line: string) => void printed.push(line);
	const code = await runCommandLine([...call.split(" "), "--local"], { out: keep, err: keep });
	if (code !== 0) throw new Error(printed.join(""));
	return printed.join("");
}

/** Over TLS, and checks the certificate. */
async function call(method: string, path: string, body?: object, auth = `acme:${password}`) {
	const { port } = new URL(localStack.apiAddress);
	const options = {
		host: "127.0.0.1",
		port,
		method,
		path: `/app/smsgw/rest/v2${path}`,
		ca: certificate,
		servername: "localhost",
	};
	return await new Promise<{ status: number | undefined; location: string | undefined; body: Record<string, unknown> }>(
		(resolve, reject) => {
			const sent = request({ ...options, auth, headers: { "content-type": "application/json" } }, async (answer) => {
				const { statusCode: status, headers } = answer;
				resolve({ status, location: headers.location, body: JSON.parse((await text(answer)) || "{}") });
			});
			sent.on("error", reject);
			sent.end(body && JSON.stringify(body));
		},
	);
}

describe("a local stack without the demo", () => {
	it("begins without accounts, simulated operators and a webhook server", async () => {
		expect(await smsgw("accounts list")).toMatch(/no accounts/i);
		expect([localStack.sinkUrl, localStack.operatorsControlUrl, localStack.pid("sink")]).toEqual(["", "", 0]);
	});

	it("is managed over a socket that only this user can open", async () => {
		const created = await smsgw("accounts create acme --sender SMSGW --default-time-bounds full --json");
		password = JSON.parse(created).password;
		await expect(smsgw(`accounts webhook set acme ${webhookUrl}`)).resolves.toContain("acme");

		expect(localStack.controlSocket).toBe(join(dataPath, "smsgw.sock"));
		expect(statSync(localStack.controlSocket).mode & 0o777).toBe(0o600);
		expect(statSync(dataPath).mode & 0o777).toBe(0o700);
		expect(await smsgw("lanes list")).toContain("kcell");
	});

	it("refuses calls of other processes to its engines and functions", async () => {
		const { endpoints, lambdaUrl, plan } = localStack;
		const keys = [localStackKey, plan.service.role];
		const calls = await Promise.allSettled(
			keys.flatMap((key) => [
				awsJson("dynamodb", endpoints.dynamodb, localRegion, key)("ListTables", {}),
				awsJson("sqs", endpoints.sqs, localRegion, key)("ListQueues", {}),
			]),
		);
		const [functionName] = Object.keys(plan.functions);
		const plain = [
			await fetch(`${endpoints.scheduler}/schedules`),
			await fetch(`${lambdaUrl}/2015-03-31/functions/${functionName}/invocations`, { method: "POST", body: "{}" }),
		];

		for (const refused of calls) {
			expect(refused).toMatchObject({ status: "rejected", reason: { name: "AccessDeniedException" } });
		}
		expect(plain.map(({ status }) => status)).toEqual([403, 403]);
	});

	it("serves HTTPS, and knows itself by its public address", async () => {
		const { status, location, body } = await call("POST", "/messages", aBody());

		expect(status).toBe(201);
		expect(location).toBe(`https://localhost:8443/app/smsgw/rest/v2/messages/${body["message_id"]}`);
		await eventually(
			async () => webhook.statuses.get(String(body["message_id"])),
			(statuses) => statuses?.has("DELIVERED") === true,
		);
	});

	it("serves SMPP over TLS", async () => {
		const socket = connect({
			port: localStack.smppTlsPort,
			host: "127.0.0.1",
			ca: certificate,
			servername: "localhost",
		});
		const session = openSession(socket, {
			side: "esme",
			limits: defaultSessionLimits,
			serve: () => ({ command_status: 0, fields: {} }),
			log: () => undefined,
			now: () => performance.now(),
		});
		const fields = { system_id: "nobody", password: "wrong", interface_version: 0x34 };
		const outcome = await session.request({ command: "bind_transceiver", fields });

		expect(outcome.kind === "answered" && outcome.response.command_status).not.toBe(0);
		expect(socket.authorized).toBe(true);
		expect(new X509Certificate(socket.getPeerCertificate().raw).subject).toBe("CN=localhost");
		socket.destroy();
	});

	it("keeps the report of an account that has no session", async () => {
		await smsgw("accounts create sessions --sender SMSGW --default-time-bounds full");
		await smsgw("accounts smpp set sessions --reports smpp");
		const rotated = await smsgw("accounts password rotate sessions --overlap 0s --json");
		sessions.password = JSON.parse(rotated).password;
		const auth = `sessions:${sessions.password}`;

		const { status, body } = await call("POST", "/messages", aBody(), auth);

		expect(status).toBe(201);
		sessions.waiting = String(body["message_id"]);
		await eventually(
			async () => (await call("GET", `/messages/${sessions.waiting}`, undefined, auth)).body["message_status"],
			(messageStatus) => messageStatus === "DELIVERED",
		);
	});

	it("is backed up while it takes messages: the copy has every message that was acknowledged before", async () => {
		const acknowledged: unknown[] = [];
		let isDone = false;
		const sending = Array.from({ length: 8 }, async () => {
			while (!isDone) {
				const { status, body } = await call("POST", "/messages", aBody());
				if (status === 201) acknowledged.push(body["message_id"]);
			}
		});
		await eventually(
			async () => acknowledged.length,
			(count) => count > 100,
		);
		const before = [...acknowledged];
		const printed = await smsgw(`backup ${copyPath}`);
		isDone = true;
		await Promise.all(sending);
		expect(printed).toMatch(/^copied [\d.]+ MB to .*copy in [\d.]+ s/);
		await expect(smsgw(`backup ${copyPath}`)).rejects.toThrow(/exists: give the name of a new folder/);
		expect(acknowledged.length).toBeGreaterThan(before.length);

		await localStack.stop();
		localStack = await open(copyPath);
		vi.stubEnv("SMSGW_DATA", copyPath);

		for (const id of before) {
			const read = async () => (await call("GET", `/messages/${id}`)).body;
			/* The receipt of one that was SENT at the copy's instant went to the first local stack. */
			const found = await eventually(read, ({ message_status }) => message_status !== "NEW");
			expect(found["message_id"]).toBe(Number(id));
			expect(["SENT", "DELIVERED"]).toContain(found["message_status"]);
		}
	});

	it("reports to SMPP sessions after a start on its data, although its engines have other ports than before", async () => {
		const reportedIds: (string | undefined)[] = [];
		const keep = (pdu: Pdu<"deliver_sm">) => void reportedIds.push(tlvText(pdu, "receipted_message_id"));
		const session = await anEsmeOf(localStack, "sessions", sessions.password, defaultSessionLimits, keep);
		const { status, id } = await submitByEsme(session);

		expect(status).toBe(0);
		await eventually(
			async () => reportedIds,
			(all) => [sessions.waiting, id].every((one) => all.includes(one)),
		);
		await session.unbind(0);
	});
});
