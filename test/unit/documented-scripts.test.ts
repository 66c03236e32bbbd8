import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { benchOptions } from "#bench/options.ts";
import { root } from "#infra/entries.ts";

const read = (file: string) => readFileSync(join(root, file), "utf8");
const documents = [
	"README.md",
	"CONTRIBUTING.md",
	...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`),
	"samples/README.md",
].filter((name) => name.endsWith(".md") && !name.startsWith("docs/adr/"));

/** Every `npm run` in a document: the script, and what is handed to it. */
const calls = documents.flatMap((file) =>
	[...read(file).matchAll(/npm run ([a-z:-]+)(?: -- ([^`\n]*))?/g)].map(([, script = "", given = ""]) => ({
		file,
		script,
		given: given.split(/\s+/).filter(Boolean),
	})),
);
const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };

const callsOf = (wanted: string) => calls.filter(({ script }) => script === wanted);

describe("the documents", () => {
	it("name only existing scripts", () => {
		expect(calls.length).toBeGreaterThan(20);
		expect(calls.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
	});

	it.each(callsOf("bench").filter(({ given }) => !given.includes("--help")))(
		"in $file give the benchmark valid options: $given",
		({ given }) => {
			expect(() => benchOptions(given)).not.toThrow();
		},
	);

	it("give the simulator valid options", () => {
		const source = read("test/simulation/main.ts");
		const taken = [...source.matchAll(/^\t\t(\w+): \{ type:/gm)].map(([, name]) => `--${name}`);
		const given = callsOf("simulate").flatMap((call) => call.given.filter((one) => one.startsWith("--")));

		expect(given.length).toBeGreaterThan(3);
		expect(given.filter((flag) => !taken.includes(flag))).toEqual([]);
	});
});
