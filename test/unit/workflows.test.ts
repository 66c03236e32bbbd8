import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "#infra/entries.ts";
import { refusedLicences } from "../../.ci/licences.ts";
import { secretsIn } from "../../.ci/secrets.ts";

const folder = join(root, ".github/workflows");
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** The values of a key, in a step or elsewhere. */
const valuesOf = (key: string, text: string) =>
	[...text.matchAll(new RegExp(`^\\s*(?:- )?${key}: (.*)$`, "gm"))].map(([, value = ""]) => value);

describe("a workflow", () => {
	it.each(workflows)("$name pins each action to a commit, and names its release", ({ text }) => {
		const actions = valuesOf("uses", text);

		expect(actions.length).toBeGreaterThan(0);
		expect(actions.filter((action) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
	});

	it.each(workflows)("$name runs only existing scripts", ({ text }) => {
		const names = valuesOf("run", text).flatMap((run) => /^npm run (?:--\S+ )?([\w:]+)/.exec(run)?.[1] ?? []);

		expect(names.filter((name) => !(name in scripts))).toEqual([]);
	});

	it.each(workflows)("$name may only read the repository, and keeps no credentials", ({ text }) => {
		const checkouts = valuesOf("uses", text).filter((action) => action.startsWith("actions/checkout@"));

		expect(text).toMatch(/^permissions:\n {2}contents: read\n\S/m);
		expect(valuesOf("permissions", text)).toEqual([]);
		expect(valuesOf("persist-credentials", text)).toEqual(checkouts.map(() => "false"));
	});
});

describe("the image of the SMPP task", () => {
	it("is built from an image that is pinned by its digest", () => {
		const bases = [...readFileSync(join(root, "smpp/Dockerfile"), "utf8").matchAll(/^FROM (.*)$/gm)].map(
			([, base]) => base,
		);

		expect(bases).toEqual([expect.stringMatching(/^node:24-slim@sha256:[0-9a-f]{64}$/)]);
	});
});

describe("CONTRIBUTING.md", () => {
	it("describes each script", () => {
		const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
		const cells = [...page.matchAll(/^\| (`npm [^|]+)\|/gm)].map(([, cell = ""]) => cell);
		const named = cells.flatMap((cell) => [...cell.matchAll(/`(?:npm (?:run )?)?([\w:-]+)/g)].map(([, name]) => name));

		expect(Object.keys(scripts).filter((name) => !named.includes(name))).toEqual([]);
	});
});

describe("the licence check", () => {
	it("accepts the allowed licences, of which one of several is enough", () => {
		const packages = {
			"": { license: "UNLICENSED" },
			"node_modules/a": { license: "MIT" },
			"node_modules/b": { license: "(MIT OR GPL-3.0-or-later)" },
			"node_modules/c": { license: "MPL-2.0", dev: true },
			"node_modules/d": { license: "MPL-2.0" },
			"node_modules/e": { license: "GPL-3.0-or-later", dev: true },
			"node_modules/f": {},
		};

		expect(refusedLicences(packages)).toEqual(["d: MPL-2.0", "e: GPL-3.0-or-later", "f: no licence"]);
	});
});

describe("the check for secrets", () => {
	const mark = (kind: string) => `-----BEGIN ${kind} KEY-----`;

	it.each([
		["a private key", mark("RSA PRIVATE")],
		["an AWS access key", `key = ${"AKIA"}${"A1B2".repeat(4)}`],
		["an AWS secret key", `AWS_SECRET_ACCESS_KEY="${"abcd".repeat(10)}"`],
		["a GitHub token", `${"ghp_"}${"abcd".repeat(9)}`],
		["an npm token", `//registry.npmjs.org/:${"_auth"}Token=x`],
		["a Slack token", `${"xoxb-"}1234567890`],
	])("finds %s, with its place, and does not repeat it", (kind, line) => {
		expect(secretsIn("a.ts", `one\n${line}\n`)).toEqual([`a.ts:2: ${kind}`]);
	});

	it("ignores public keys, and the key that tests use", () => {
		expect(secretsIn("a.ts", mark("PUBLIC"))).toEqual([]);
		expect(secretsIn("test/integration/smpp-certificate.ts", mark("PRIVATE"))).toEqual([]);
	});
});
