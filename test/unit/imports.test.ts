import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

/**
 * Which folders may import which (docs/architecture.md). The longest matching path prefix gives a file's zone and what it may import.
 * Each file may import from its own zone and from Node.
 */
type Zone = {
	/** Path prefixes; any path if left out. */
	readonly files?: readonly string[];
	/** Packages; any package if left out. */
	readonly packages?: readonly string[];
};

const shared = ["shared/"];
const basics = ["shared/domain/", "shared/clock.ts", "shared/log.ts", "shared/metrics.ts"];
/** Used by both sides of the SMPP service: binds to operators and sessions of clients. */
const smppBase = ["smpp/wire/", "smpp/session/"];

const zones: Readonly<Record<string, Zone>> = {
	"shared/domain/": { files: [], packages: [] },
	"shared/clock.ts": { files: [], packages: [] },
	"shared/log.ts": { files: [], packages: [] },
	"shared/metrics.ts": { files: ["shared/domain/"], packages: [] },
	"shared/json-log.ts": { files: ["shared/log.ts"], packages: ["pino"] },
	"shared/counted-log.ts": { files: basics, packages: [] },
	"shared/flow/": { files: basics, packages: [] },
	"shared/contracts/": { files: ["shared/domain/"], packages: ["zod"] },
	"shared/usecases/": { files: [...basics, "shared/flow/"], packages: [] },
	"shared/aws/": { files: [...basics, "shared/flow/", "shared/contracts/", "shared/usecases/"] },
	"shared/net/": { files: [...basics, "shared/usecases/", "shared/aws/transport/"] },
	"shared/wiring/": { files: shared },
	"lambdas/": { files: shared },
	"smpp/wire/": { files: shared },
	"smpp/session/": { files: [...shared, "smpp/wire/"] },
	"smpp/operators/": { files: [...shared, ...smppBase] },
	"smpp/clients/": { files: [...shared, ...smppBase] },
	"smpp/": { files: shared },
	"infra/": { files: ["shared/contracts/", "shared/domain/"] },
	"admin/": { files: shared },
	/** Runs in a browser. */
	"console/": { files: [], packages: ["preact", "preact/hooks", "htm", "uplot"] },
	"local/": { files: ["shared/", "lambdas/", "smpp/", "infra/", "admin/"] },
	"test/": {},
	"bench/": {},
};

const roots = ["shared", "lambdas", "smpp", "infra", "admin", "console", "local", "test", "bench"];

function sourcesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder, { recursive: true, encoding: "utf8" })
			.filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
			.map((path) => join(folder, path));
	} catch {
		return [];
	}
}

const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"'\n]+)["']/g;

function importsOf(source: string): readonly string[] {
	const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
	return [...code.matchAll(specifier)].map(([, name = ""]) => name);
}

/** A path from the root, or the name of a package. */
function resolved(file: string, name: string): string {
	if (name.startsWith("#")) return name.slice(1);
	return name.startsWith(".") ? join(dirname(file), name) : name;
}

function zoneOf(path: string): readonly [string, Zone] | undefined {
	return Object.entries(zones)
		.filter(([prefix]) => path.startsWith(prefix))
		.sort(([one], [other]) => other.length - one.length)[0];
}

function mistakeIn(file: string, name: string): string | null {
	const own = zoneOf(file);
	if (own === undefined) return `${file} lies in no zone of this table`;
	const [prefix, { files, packages }] = own;
	const target = resolved(file, name);
	const isFile = name.startsWith("#") || name.startsWith(".");
	if (!isFile) {
		const allowed = isBuiltin(name) || packages === undefined || packages.some((one) => name === one);
		return allowed ? null : `${file} imports the package ${name}, which ${prefix} may not`;
	}
	const below = files === undefined || files.some((one) => target.startsWith(one));
	const beside = zoneOf(target)?.[0] === prefix;
	/* Files at the top of smpp/ wire its parts together. */
	const parts = prefix === "smpp/" && target.startsWith("smpp/");
	return below || beside || parts ? null : `${file} imports ${name}, which lies above ${prefix} or beside it`;
}

const sources = roots.flatMap(sourcesIn);

it("the imports test finds the sources", () => {
	expect(sources.length).toBeGreaterThan(100);
	expect(sources).toContain("smpp/operators/submitter.ts");
	expect(importsOf(readFileSync("smpp/operators/submitter.ts", "utf8"))).toContain(
		"#shared/domain/message/message-transitions.ts",
	);
});

it("no import goes against the layers", () => {
	const wrong = sources.flatMap((file) =>
		importsOf(readFileSync(file, "utf8")).flatMap((name) => mistakeIn(file, name) ?? []),
	);

	expect(wrong).toEqual([]);
});

it.each([
	["shared/domain/x.ts", "zod"],
	["shared/domain/send/x.ts", "../../log.ts"],
	["shared/log.ts", "./usecases/send/x.ts"],
	["shared/contracts/x.ts", "../log.ts"],
	["shared/flow/x.ts", "../usecases/send/x.ts"],
	["shared/contracts/x.ts", "@aws-sdk/client-sqs"],
	["shared/usecases/x.ts", "../contracts/x.ts"],
	["shared/usecases/x.ts", "../aws/x.ts"],
	["shared/usecases/x.ts", "../json-log.ts"],
	["shared/aws/x.ts", "../wiring/x.ts"],
	["shared/aws/x.ts", "../json-log.ts"],
	["shared/json-log.ts", "./domain/message/message.ts"],
	["shared/wiring/x.ts", "#lambdas/x.ts"],
	["lambdas/x.ts", "#smpp/main.ts"],
	["lambdas/http/x.ts", "#infra/x.ts"],
	["smpp/main.ts", "#lambdas/x.ts"],
	["smpp/wire/x.ts", "../session/x.ts"],
	["smpp/wire/x.ts", "#smpp/operators/x.ts"],
	["smpp/clients/x.ts", "#smpp/operators/x.ts"],
	["shared/flow/x.ts", "#smpp/operators/x.ts"],
	["smpp/session/x.ts", "#smpp/operators/x.ts"],
	["infra/x.ts", "#shared/aws/x.ts"],
	["infra/x.ts", "#shared/usecases/send/x.ts"],
	["infra/x.ts", "#local/x.ts"],
	["shared/aws/x.ts", "#local/x.ts"],
	["smpp/operators/x.ts", "#test/fakes/builders.ts"],
	["console/x.ts", "#shared/domain/message/message.ts"],
	["console/x.ts", "zod"],
	["admin/x.ts", "#console/x.ts"],
	["local/x.ts", "#test/fakes/builders.ts"],
])("the imports test finds an import in %s of %s", (file, name) => {
	expect(mistakeIn(file, name)).toContain(`${file} imports`);
});

/** The shortest import cycle that begins at this file, or null. Type imports count too. */
function cycleAt(start: string, importsBy: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
	const cameFrom = new Map<string, string>();
	const queue = [start];
	for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
		for (const target of importsBy.get(file) ?? []) {
			if (target === start) return pathTo(file, start, cameFrom);
			if (cameFrom.has(target)) continue;
			cameFrom.set(target, file);
			queue.push(target);
		}
	}
	return null;
}

function pathTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
	const path = [end];
	while (path[0] !== undefined && path[0] !== start) path.unshift(cameFrom.get(path[0]) ?? start);
	return path;
}

it("there is no import cycle, type imports included", () => {
	const importsBy = new Map(
		sources.map((file) => [file, importsOf(readFileSync(file, "utf8")).map((name) => resolved(file, name))] as const),
	);

	const cycles = sources.flatMap((file) => cycleAt(file, importsBy)?.join(" > ") ?? []);

	expect(cycles).toEqual([]);
});

it("the imports test finds a cycle", () => {
	const importsBy = new Map([
		["a.ts", ["b.ts"]],
		["b.ts", ["c.ts", "d.ts"]],
		["c.ts", ["a.ts"]],
	]);

	expect(cycleAt("a.ts", importsBy)).toEqual(["a.ts", "b.ts", "c.ts"]);
	expect(cycleAt("d.ts", importsBy)).toBeNull();
});

it("adapters import only types from use cases: their ports", () => {
	const wrong = sources
		.filter((file) => /^shared\/(aws|net)\//.test(file))
		.filter((file) => /^import \{.*from "[^"]*usecases\//m.test(readFileSync(file, "utf8")));

	expect(wrong).toEqual([]);
});
