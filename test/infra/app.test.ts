import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { cdkContext } from "#infra/cdk-context.ts";
import { root } from "#infra/entries.ts";
import { compileCacheEnv } from "#local/processes/compile-cache.ts";

/** Runs what `cdk synth` runs, on copies of the example stage, without bundling. */
function synthesised(names: readonly string[]) {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-app-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	for (const name of names) cpSync(join(root, "stages/example/example.json"), join(folder, `${name}.json`));
	const context = {
		...cdkContext,
		"aws:cdk:bundling-stacks": [],
		"aws:cdk:disable-asset-staging": true,
		stages: relative(root, folder),
	};
	const env = { ...compileCacheEnv, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: join(folder, "out") };
	const { status, stderr } = spawnSync(process.execPath, ["infra/app.ts"], { cwd: root, env, encoding: "utf8" });
	return { status, stderr };
}

describe("the CDK app", () => {
	it("synthesises the stages of the folder without output", () => {
		expect(synthesised(["prod"])).toEqual({ status: 0, stderr: "" });
	});

	it("refuses stages beyond their account's quotas, in one line", () => {
		const { status, stderr } = synthesised(["prod", "dev"]);

		expect(status).toBe(1);
		expect(stderr).toMatch(/^account 111122223333 in eu-central-1: Lambda functions running at once: .*\n$/);
	});

	it("names the file to copy if there is no stage, in one line", () => {
		const { status, stderr } = synthesised([]);

		expect(status).toBe(1);
		expect(stderr).toMatch(/^.* has no stage: copy stages\/example\/example\.json to .*\n$/);
	});
});
