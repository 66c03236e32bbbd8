import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorkers, type Workers } from "../workers.ts";
import { scenarioNames } from "./scenario-names.ts";

let workers: Workers;
beforeAll(async () => {
	workers = await openWorkers(1);
});
afterAll(() => workers.close());

async function resultOf(name: string) {
	const module = new URL(`./${name}.ts`, import.meta.url).href;
	const { failures, givenUp, unmet } = await workers.run({ kind: "scenario", module, isTraced: false });
	return { failures: failures.map(({ kind, text }) => `${kind}: ${text}`), givenUp, unmet };
}

describe("a fault that was found once", () => {
	it.each(scenarioNames)("does not come back: %s", async (name) => {
		const { failures, unmet } = await resultOf(name);

		expect(failures).toEqual([]);
		/* A script of a step that has another name now would test nothing. */
		expect(unmet).toEqual([]);
	});
});

it("a message that was given up is named, with the cause of each count", async () => {
	const { givenUp } = await resultOf("message-is-given-up-after-four-deaths");

	expect(givenUp).toEqual([expect.stringMatching(/^\d+: smpp\/2 died, smpp\/3 died, smpp\/4 died$/)]);
});
