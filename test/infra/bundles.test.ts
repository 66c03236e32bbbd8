import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundleHandler } from "#bench/bundle.ts";
import { root } from "#infra/entries.ts";
import { permissions } from "#infra/permissions.ts";
import { sourceMapsEnv } from "#infra/source-maps.ts";
import { basePath } from "#shared/contracts/routes.ts";

const bytesMax = 520 * 1_024;
const folder = mkdtempSync(join(tmpdir(), "smsgw-bundles-"));
const handlers = Object.keys(permissions).filter((entry) => entry !== "smpp");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the bundle of a function", () => {
	it.each(handlers)("%s is at most 520 KB, and loads as a module up to its missing environment", async (handler) => {
		const outfile = await bundleHandler(handler, folder);

		/* In a process of its own, because vitest's module loader provides a `require`. */
		const { status, stderr } = spawnSync(process.execPath, [outfile], { env: {}, encoding: "utf8", timeout: 30_000 });

		expect(statSync(outfile).size).toBeLessThanOrEqual(bytesMax);
		expect(status === 0 ? "" : stderr).toMatch(/^$|Error: environment: /);
	});

	it("has a source map, so a logged stack trace names the source's file and line", async () => {
		const outfile = await bundleHandler("unknown-route", folder);
		const event = { rawPath: `${basePath}/messages`, requestContext: { http: null } };
		const call = `const { handler } = await import("${outfile}"); await handler(${JSON.stringify(event)}, {});`;

		const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", call], {
			env: sourceMapsEnv,
			encoding: "utf8",
		});

		const line = JSON.parse(stdout.split("\n")[0] ?? "");
		const [, number] = /lambdas\/unknown-route\.ts:(\d+):\d+/.exec(line.err.stack) ?? expect.fail(line.err.stack);
		const source = readFileSync(join(root, "lambdas/unknown-route.ts"), "utf8").split("\n");
		expect(source[Number(number) - 1]).toContain("requestContext.http.method");
	});
});

describe("the SMPP service's container", () => {
	it("runs the sources directly, so a stack trace names the source's file and line", () => {
		const [, command = ""] = /^CMD (.*)$/m.exec(readFileSync(join(root, "smpp/Dockerfile"), "utf8")) ?? [];
		const [, ...args] = JSON.parse(command) as string[];

		const { stderr } = spawnSync(process.execPath, args, { cwd: root, env: {}, encoding: "utf8" });

		expect(stderr).toMatch(/smpp\/main\.ts:\d+:\d+/);
	});
});
