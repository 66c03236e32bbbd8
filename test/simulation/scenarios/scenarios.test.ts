import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorkers, type Workers } from "../workers.ts";
import { scenarioNames } from "./scenario-names.ts";

let workers: Workers;
beforeAll(async () => {
	workers = await openWorkers(1);
});
afterAll(() => workers.close());

async function failuresOf(name: string) {
	const module = new URL(`./${name}.ts`, import.meta.url).href;
	const { failures } = await workers.run({ kind: "scenario", module, isTraced: false });
	return failures.map(({ kind, text }) => `${kind}: ${text}`);
}

describe("a fault that was found once", () => {
	it.each(scenarioNames)("does not come back: %s", async (name) => {
		expect(await failuresOf(name)).toEqual([]);
	});
});
