import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { runCommandLine } from "#admin/run.ts";
import { openControl } from "#local/control/open-control.ts";
import { listen } from "#local/wire/listen.ts";
import { certificate, certificateKey } from "./smpp-certificate.ts";

it("calls a local stack at its own address, although its certificate and public URL are for another", async () => {
	const api = createServer({ cert: certificate, key: certificateKey }, ({ url }, response) => {
		response.end(url?.endsWith("/senders") ? '["SMSGW"]' : '{"message_id":"17"}');
	});
	const data = mkdtempSync(join(tmpdir(), "smsgw-trigger-"));
	const control = await openControl(join(data, "smsgw.sock"));
	onTestFinished(() => {
		control?.close();
		api.close();
		vi.unstubAllEnvs();
		rmSync(data, { recursive: true });
	});
	const none = "http://127.0.0.1:1";
	control?.serve({
		info: {
			region: "eu-central-1",
			prefix: "smsgw-local",
			url: "https://sms.example.kz/app/smsgw/rest/v2",
			ownUrl: `https://127.0.0.1:${await listen(api, 0)}/app/smsgw/rest/v2`,
			localServers: { sinkUrl: none, operatorsControlUrl: none },
			endpoints: { dynamodb: none, sqs: none },
			accessKey: "local",
			operators: {},
			messageIdKey: "unused",
			privateWebhooks: true,
		},
		backUp: async () => await Promise.reject(new Error("unused")),
	});
	vi.stubEnv("SMSGW_DATA", data);
	const printed: string[] = [];
	const keep = (line: string) => void printed.push(line);

	const code = await runCommandLine(["trigger", "delivered", "--local"], { out: keep, err: keep });

	expect(printed.join("")).toContain("17");
	expect(code).toBe(0);
});
