import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { namedMutants } from "./named-mutants.ts";
import { plantedTree } from "./planted-tree.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const sources = (file: string) => readFileSync(join(root, file), "utf8");

it("a scenario runs in a copy of the code, and finds the fault that is planted there", async () => {
	const tree = await plantedTree(root, sources);
	try {
		const mutant = namedMutants(sources).find(({ name }) => name === "two tasks write the same count");
		const module = tree.scenarios.get("count-of-another-task-stays");
		if (mutant === undefined || module === undefined) throw new Error("the mutant or the scenario has another name");
		const workers = await tree.open(mutant);

		const { failures } = await workers.run({ kind: "scenario", module, isTraced: false });

		workers.close();
		expect(failures.map(({ kind }) => kind)).toContain("copies");
	} finally {
		await tree.remove();
	}
});
