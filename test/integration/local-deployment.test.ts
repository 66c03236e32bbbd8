import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStackOptions, localStackEntries } from "#local/local-stack-options.ts";
import { localStage } from "#local/local-stage.ts";
import { planDeployment } from "#local/plan-deployment.ts";
import { openTemporaryFolder } from "#local/processes/data-folder.ts";
import { synthesise } from "#local/template/synthesise.ts";
import type { Template } from "#local/template/template.ts";
import { operators } from "#shared/domain/message/operators.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const operatorPorts = Object.fromEntries(operators.map((operator) => [operator, 1]));
const url = "http://127.0.0.1:1";
const started = {
	lambdaPorts: { httpPort: 8443, invokePort: 1 },
	operatorPorts,
	urls: { dynamodb: url, sqs: url, scheduler: url },
};
const tls = { cert: "", key: "" };

let template: Template;
beforeAll(() => {
	template = synthesise(localStage({ httpPort: 8443, operatorPorts, given: {}, changes: {} }), localStackEntries);
});

async function addressesOf(options: LocalStackOptions): Promise<ReadonlySet<string>> {
	const planned = await planDeployment(options, started, openTemporaryFolder(folder), {
		synthesise: async () => template,
	});
	const all = Object.values(planned.asSeenBy("lambdas").plan.functions).map(({ env }) => env["PUBLIC_URL"]);
	return new Set(all.filter((one) => one !== undefined));
}

describe("the address that the API gives of itself", () => {
	it.each<[LocalStackOptions, string]>([
		[{}, "http://127.0.0.1:8443"],
		[{ tls }, "https://127.0.0.1:8443"],
		[{ tls, host: "192.0.2.1" }, "https://192.0.2.1:8443"],
		[{ tls, host: "0.0.0.0" }, "https://127.0.0.1:8443"],
		[{ tls, host: "::1" }, "https://[::1]:8443"],
		[{ tls, publicUrl: "https://sms.example.kz" }, "https://sms.example.kz"],
	])("with %o is %s", async (options, expected) => {
		expect(await addressesOf(options)).toEqual(new Set([`${expected}/app/smsgw/rest/v2`]));
	});
});
