import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { dynamoNumbers } from "#shared/aws/dynamo/dynamo-numbers.ts";
import { type DynamoEngine, localEngine } from "#test/contract/dynamo-engines.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { sizeOf } from "#test/size-of.ts";

/** The import as an operator runs it: a process of its own, on the local engine. */

const folder = mkdtempSync(join(tmpdir(), "smsgw-numbers-"));
let engine: DynamoEngine;
beforeAll(async () => {
	engine = await localEngine();
});
afterAll(() => {
	engine.close();
	rmSync(folder, { recursive: true });
});

const table = () => engine.tables["numbers"] ?? expect.fail("no table");
const stage = () => table().replace(/^smsgw-(.*)-numbers$/, "$1");
const numbers = () => dynamoNumbers(engine.client, table(), memoryLog());

function aFile(content: string): string {
	const file = join(folder, `${crypto.randomUUID()}.csv`);
	writeFileSync(file, content);
	return file;
}

type Run = { readonly code: number; readonly out: string; readonly err: string };

async function run(args: readonly string[], env: object = {}): Promise<Run> {
	const { protocol, hostname, port } = (await engine.client.config.endpoint?.()) ?? expect.fail("no endpoint");
	const child = spawn(process.execPath, [join(root, "admin/smsgw.ts"), "numbers", "import", ...args], {
		env: {
			SMSGW_STAGE: stage(),
			AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}`,
			AWS_REGION: "eu-central-1",
			AWS_ACCESS_KEY_ID: "local",
			AWS_SECRET_ACCESS_KEY: "local",
			...env,
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]);
	return { code, out, err };
}

async function countAll(): Promise<number> {
	let count = 0;
	let from: Record<string, never> | undefined;
	do {
		const page = await engine.client.send(
			new ScanCommand({ TableName: table(), ...(from && { ExclusiveStartKey: from }) }),
		);
		count += page.Count ?? 0;
		from = page.LastEvaluatedKey as typeof from;
	} while (from !== undefined);
	return count;
}

describe("the import of numbers", () => {
	it("writes a file's rows to the table, names the bad rows, and exits with 1 if there are any (A49)", async () => {
		const recipients = ["77010000001", "77010000002", "77010000003", "77010000004"];
		await numbers().put([
			{ recipient: "77010000003", portedTo: "tele2", porting: false, blocked: false },
			{ recipient: "77010000004", portedTo: "tele2", porting: false, blocked: true },
		]);
		const rows = ["77010000001;ported;1;x", "77010000002;in_progress;;", "77010000003;none;;", "77010000004;none;;"];
		const file = aFile(`\uFEFFmsisdn;state;rn_code;date\r\n${rows.join("\r\n")}\r\n\r\n"7701;none;;\r\n12;none;;\r\n`);

		const { code, out, err } = await run([file]);
		const again = await run([file]);

		expect(out).toBe("6 rows: 3 written, 0 unchanged, 1 removed, 2 skipped\n");
		expect(err.split("\n")).toEqual([
			"ignored columns: date",
			"line 7: has a quote out of place (CSV_QUOTE_NOT_CLOSED)",
			"line 8: msisdn is not a mobile number of Kazakhstan",
			"",
		]);
		expect(code).toBe(1);
		expect(again.out).toBe("6 rows: 0 written, 4 unchanged, 0 removed, 2 skipped\n");
		const found = await numbers().find(recipients);
		const entry = { portedTo: null, porting: false, blocked: false };
		expect(recipients.map((recipient) => found.get(recipient))).toEqual([
			{ ...entry, recipient: "77010000001", portedTo: "beeline" },
			{ ...entry, recipient: "77010000002", porting: true },
			undefined,
			{ ...entry, recipient: "77010000004", blocked: true },
		]);
	});

	it("reads a file in parts", { timeout: 300_000 }, async () => {
		const total = sizeOf({ merge: 20_000, nightly: 200_000 });
		const rows = Array.from({ length: total }, (_, index) => `7747${String(index).padStart(7, "0")},ported,02\n`);
		const file = aFile(`msisdn,state,rn_code\n${rows.join("")}`);
		const before = await countAll();

		const { code, out } = await run(["--rows-per-second=1000000", file]);

		expect(out).toBe(`${total} rows: ${total} written, 0 unchanged, 0 removed, 0 skipped\n`);
		expect(code).toBe(0);
		expect((await countAll()) - before).toBe(total);
	});

	it("prints its help", async () => {
		const { code, out } = await run(["--help"]);

		expect(code).toBe(0);
		for (const word of ["msisdn", "in_progress", "rn_code", "blocked", "--rows-per-second", "Exit codes"]) {
			expect(out).toContain(word);
		}
	});

	it.each([
		["no file", [], "file"],
		["two files", ["a.csv", "b.csv"], "too many arguments"],
		["an unknown option", ["--fast", "a.csv"], "--fast"],
		["a rate of zero", ["--rows-per-second=0", "a.csv"], "--rows-per-second"],
	])("prints what is wrong if it is called with %s", async (_, args, word) => {
		const { code, out, err } = await run(args);

		expect([code, out]).toEqual([2, ""]);
		expect(err.split("\n")[0]).toMatch(/^smsgw[a-z ]*: /);
		expect(err.split("\n")[0]).toContain(word);
	});

	it.each([
		["no stage is named", () => aFile("msisdn,blocked\n"), { SMSGW_STAGE: undefined }, "--stage"],
		["the file is not there", () => join(folder, "absent.csv"), {}, "absent.csv"],
		["the file is a folder", () => folder, {}, "EISDIR"],
		["the first line names no columns", () => aFile("77010000001,ported,02\n"), {}, "msisdn"],
		["there is no such table", () => aFile("msisdn,blocked\n77010000001,yes\n"), { SMSGW_STAGE: "absent" }, "Resource"],
	])("prints what is wrong in one line if %s", async (_, file, env, word) => {
		const { code, out, err } = await run([file()], env);

		expect([code, out]).toEqual([2, ""]);
		expect(err).toMatch(/^smsgw[a-z ]*: /);
		expect(err).toContain(word);
		expect(err).not.toContain("    at ");
	});
});
