import { expect, it } from "vitest";
import { ownSourceMap } from "#infra/own-source-map.ts";

const map = (sources: readonly string[], mappings: string) => ({
	version: 3,
	sources,
	names: ["one", "two"],
	mappings,
});
const own = (sources: readonly string[], mappings: string) => ownSourceMap(map(sources, mappings), "/app", "/app/out");

it("our source map names our sources from the root, and keeps their mappings", () => {
	const { sources, names, mappings } = own(["../shared/a.ts"], "AAAAA,CACAC;UAAFA");

	expect({ sources, names, mappings }).toEqual({
		sources: ["shared/a.ts"],
		names: ["one", "two"],
		mappings: "AAAAA,CACAC;UAAFA",
	});
});

it("our source map leaves out packages, wherever they are, and ends our mappings before them", () => {
	/* A package, ours, a package, ours again: at columns 0, 4, 8, 12. */
	const segments = "AAAA,ICAA,IDAA,ICCA";

	for (const folder of ["../node_modules/p/i.js", "../../elsewhere/node_modules/p/i.js"]) {
		const { sources, mappings } = own([folder, "../lambdas/b.ts"], segments);

		expect([sources, mappings]).toEqual([["lambdas/b.ts"], "IAAA,I,IACA"]);
	}
});
