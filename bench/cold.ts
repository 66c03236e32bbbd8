import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { root } from "#infra/entries.ts";
import { awsEnv } from "#local/aws-env.ts";
import { localStackEntries } from "#local/local-stack-options.ts";
import { localStage } from "#local/local-stage.ts";
import { localReferences } from "#local/template/local-references.ts";
import type { LambdaFunction } from "#local/template/plan-compute.ts";
import { generateSecrets } from "#local/template/secrets.ts";
import { stackPlanFrom } from "#local/template/stack-plan.ts";
import { synthesise } from "#local/template/synthesise.ts";
import { freePort } from "#local/wire/listen.ts";
import { operators } from "#shared/domain/message/operators.ts";
import { bundleHandler } from "./bundle.ts";
import { median } from "./statistics.ts";

/** A function's size, and the time in which a new process loads it. */
export type ColdFunction = { readonly name: string; readonly octets: number; readonly initMs: number };
export type Cold = { readonly functions: readonly ColdFunction[]; readonly startMs: number };

const repeats = { init: 5, start: 3 } as const;
const startWithinMs = 60_000;
const importWithinMs = 20_000;

/** Nothing listens there: loading a function makes no call to AWS. */
const unusedUrl = "http://127.0.0.1:1";
const engines = { dynamodb: unusedUrl, sqs: unusedUrl, scheduler: unusedUrl };

export async function measureCold(): Promise<Cold> {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-cold-"));
	try {
		const functions: ColdFunction[] = [];
		for (const one of functionsOfTemplate()) functions.push(await coldOf(one, folder));
		const starts: number[] = [];
		for (let run = 0; run < repeats.start; run += 1) starts.push(await startMs());
		return { functions, startMs: median(starts) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function functionsOfTemplate(): readonly LambdaFunction[] {
	const operatorPorts = Object.fromEntries(operators.map((operator) => [operator, 1]));
	const stage = localStage({ httpPort: 1, operatorPorts, given: {}, changes: {} });
	const template = synthesise(stage, localStackEntries);
	const secrets = generateSecrets(template, stage.region, { "smsc-passwords": "{}" });
	const world = localReferences(template, { region: stage.region, sqsUrl: unusedUrl, secrets });
	return Object.values(stackPlanFrom(template, world).functions);
}

async function coldOf({ entry, env }: LambdaFunction, folder: string): Promise<ColdFunction> {
	const name = basename(entry, ".ts");
	const file = await bundleHandler(name, folder);
	const importer = join(import.meta.dirname, "timed-import.ts");
	const load = () =>
		execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", importer, file], {
			env: { ...env, ...awsEnv(engines, "eu-central-1"), PATH: dirname(process.execPath), TZ: "UTC" },
			encoding: "utf8",
			timeout: importWithinMs,
		});
	const initTimes = Array.from({ length: repeats.init }, () => Number(load().trim().split("\n").at(-1)));
	return { name, octets: statSync(file).size, initMs: median(initTimes) };
}

/** From the start of the process to its line "Ready in". */
async function startMs(): Promise<number> {
	const names = ["SMSGW_HTTP_PORT", "SMSGW_SMPP_PORT", "SMSGW_SINK_PORT", "SMSGW_CONSOLE_PORT"];
	const ports = Object.fromEntries(
		await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
	);
	const startedAt = performance.now();
	const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "local/start.ts")], {
		cwd: root,
		env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...ports },
		stdio: ["ignore", "pipe", "inherit"],
	});
	const exited = once(child, "exit");
	const ready = readyLine(createInterface(child.stdout)).then(() => performance.now() - startedAt);
	const startFailed = Promise.race([exited, wait(startWithinMs, undefined, { ref: false })]).then(() => {
		throw new Error("npm start did not become ready");
	});
	try {
		return await Promise.race([ready, startFailed]);
	} finally {
		startFailed.catch(() => undefined);
		child.kill("SIGTERM");
		await exited;
	}
}

async function readyLine(lines: AsyncIterable<string>): Promise<void> {
	for await (const line of lines) if (line.startsWith("Ready in")) return;
	throw new Error("npm start ended before it was ready");
}

export function coldTable({ functions, startMs: elapsedMs }: Cold): string {
	const lines = functions.map(({ name, octets, initMs }) => {
		return `${name.padEnd(24)}${(octets / 1_024).toFixed(0).padStart(10)}${initMs.toFixed(0).padStart(10)}`;
	});
	const heading = `${"function".padEnd(24)}${"KB".padStart(10)}${"init, ms".padStart(10)}`;
	return [heading, ...lines, "", `npm start to ready: ${(elapsedMs / 1_000).toFixed(1)} s`].join("\n");
}
