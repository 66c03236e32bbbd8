import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import type { LocalStack } from "#local/local-stack-options.ts";
import { openApiDocument } from "#shared/contracts/openapi/document.ts";
import { openTestStack } from "./local-stack.ts";
import { isInstalled, missing } from "./samples.ts";

/** Generators of clients, which are no packages of this project: one of them needs another TypeScript. */
const folder = mkdtempSync(join(tmpdir(), "smsgw-generators-"));

function run(program: string, ...args: readonly string[]) {
	const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
	return { code: status, out: `${stdout ?? ""}${stderr ?? ""}` };
}
const generator = (name: string) => join(folder, "node_modules/.bin", name);
const done = { code: 0, out: expect.any(String) };

describe("a client that is generated from the API's description", () => {
	let localStack: LocalStack;
	let isReady = false;

	beforeAll(async () => {
		cpSync(join(root, "test/generators"), folder, { recursive: true });
		cpSync(join(root, "shared/contracts/openapi.json"), join(folder, "openapi.json"));
		isReady = run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund").code === 0;
		if (isReady) localStack = await openTestStack();
	});
	afterAll(async () => {
		await localStack?.stop();
		rmSync(folder, { recursive: true });
	});

	it("compiles and calls the gateway without a cast: openapi-typescript, @hey-api/openapi-ts (A2)", ({ skip }) => {
		skip(!isReady, "the generators cannot be installed");
		expect(run(generator("openapi-typescript"), "openapi.json", "-o", "openapi-typescript.ts")).toEqual(done);
		const plugins = ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"];
		expect(run(generator("openapi-ts"), "-i", "openapi.json", "-o", "hey-api", "-p", ...plugins)).toEqual(done);
		expect(run(generator("tsc"), "-p", ".")).toEqual({ code: 0, out: "" });
		/* The generated imports have no endings, which Node needs. */
		const bundle = [join(root, "node_modules/.bin/esbuild"), "call-gateway.ts", "--bundle", "--platform=node"] as const;
		expect(run(bundle[0], ...bundle.slice(1), "--format=esm", "--outfile=call-gateway.mjs")).toEqual(done);

		const { code, out } = run(process.execPath, "call-gateway.mjs", localStack.url);

		expect([code, out]).toEqual([0, expect.stringMatching(/^\{.*\}\n$/)]);
		expect(JSON.parse(out)).toMatchObject({
			again: true,
			read: "77010000000",
			inBatch: 1,
			refused: expect.stringMatching(/./),
		});
	});

	it("has models in Java that compile: quicktype", ({ skip }) => {
		skip(!isReady, "the generators cannot be installed");
		skip(!isInstalled(["javac", "--version"]), missing(["javac", "--version"]));
		const { schemas } = openApiDocument()["components"] as { schemas: object };
		const asDefinitions = JSON.stringify({ definitions: schemas }).replaceAll(
			"#/components/schemas/",
			"#/definitions/",
		);
		const bodies = ["MessageToSend", "BatchToSend", "MessageWithSegments", "RefusedMessage", "CreatedMessage"];
		const reports = ["DeliveryReports", "IncomingReports"];
		const properties = [...bodies, ...reports].map((name) => [name, { $ref: `#/definitions/${name}` }]);
		const whole = { ...JSON.parse(asDefinitions), type: "object", properties: Object.fromEntries(properties) };
		mkdirSync(join(folder, "java"));
		writeFileSync(join(folder, "schema.json"), JSON.stringify(whole));
		const options = ["--lang", "java", "--package", "kz.smsgw", "--top-level", "Smsgw", "--just-types"];
		expect(
			run(generator("quicktype"), "-s", "schema", "--src", "schema.json", ...options, "-o", "java/Smsgw.java"),
		).toEqual(done);
		const files = readdirSync(join(folder, "java")).map((name) => `java/${name}`);

		expect(files.length).toBeGreaterThan(10);
		expect(run("javac", "-d", "classes", ...files)).toEqual({ code: 0, out: "" });
	});
});
