import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Names that stand for the same thing, or for the same role, in every file that declares them. */
const sharedNames = {
	handler: "each Lambda function's",
	Item: "an item of DynamoDB",
	ok: "a finding of the doctor; a 200",
};

const declared = /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|type|interface|namespace) ([\w$]+)/gm;

it("one exported name of the product means one thing", () => {
	const filesOf = new Map<string, string[]>();
	for (const file of globSync("{shared,lambdas,smpp,infra,admin,local,bench}/**/*.ts")) {
		const names = [...readFileSync(file, "utf8").matchAll(declared)].map(([, name = ""]) => name);
		for (const name of new Set(names)) filesOf.set(name, [...(filesOf.get(name) ?? []), file]);
	}

	const twice = [...filesOf].filter(([name, files]) => files.length > 1 && !Object.hasOwn(sharedNames, name));
	expect(Object.fromEntries(twice)).toEqual({});
	expect(filesOf.size).toBeGreaterThan(1_000);
});
