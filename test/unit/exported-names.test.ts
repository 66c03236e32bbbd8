import { globSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Names that stand for the same thing, or for the same role, in every file that declares them. */
const sharedNames = {
	handler: "each Lambda function's",
	Item: "an item of DynamoDB",
	ok: "a finding of the doctor; a 200",
};

const declared = /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|type|interface|namespace) ([\w$]+)/gm;

const productFiles = globSync("{shared,lambdas,smpp,infra,admin,local,bench}/**/*.ts");

it("one exported name of the product means one thing", () => {
	const filesOf = new Map<string, string[]>();
	for (const file of productFiles) {
		const names = [...readFileSync(file, "utf8").matchAll(declared)].map(([, name = ""]) => name);
		for (const name of new Set(names)) filesOf.set(name, [...(filesOf.get(name) ?? []), file]);
	}

	const twice = [...filesOf].filter(([name, files]) => files.length > 1 && !Object.hasOwn(sharedNames, name));
	expect(Object.fromEntries(twice)).toEqual({});
	expect(filesOf.size).toBeGreaterThan(1_000);
});

it("each exported name of the product is used", () => {
	const counts = new Map<string, number>();
	for (const file of [...productFiles, ...globSync("{test,.ci}/**/*.ts")])
		for (const [word] of readFileSync(file, "utf8").matchAll(/[\w$]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);

	const names = productFiles.flatMap((file) =>
		[...readFileSync(file, "utf8").matchAll(declared)].map(([, name = ""]) => name),
	);
	expect(names.filter((name) => counts.get(name) === 1)).toEqual([]);
});
