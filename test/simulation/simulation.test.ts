import { describe, expect, it } from "vitest";
import { sizeOf } from "#test/size-of.ts";
import { runSeeds, summaryLine } from "./run-seeds.ts";
import { openWorkers } from "./workers.ts";

describe("the simulated gateway", () => {
	it("keeps every promise in hundreds of histories, in which every fault meets every write step", {
		timeout: 3_600_000,
	}, async () => {
		const to = sizeOf({ merge: 300, nightly: 2_000 });
		const summary = await runSeeds({ from: 1, to });

		expect(summary.failed.map(({ seed, failures }) => ({ seed, failures }))).toEqual([]);
		expect(summary.missedPairs).toEqual([]);
		expect(summary.seeds).toBe(to);
		expect(summaryLine(summary)).toMatch(/ seeds, \d+ messages, \d+ deaths: 0 lost, 0 stuck, 0 unreported, \d+ copies/);
	});

	it("keeps nothing of a history in memory once the next one runs", { timeout: 3_600_000 }, async () => {
		const workers = await openWorkers(1);
		const run = async (seed: number) => await workers.run({ kind: "seed", seed, isTraced: false, only: undefined });
		await run(7);
		await run(7);
		const before = await workers.heap();

		/* In the first of these, tasks die whose polls wait for two signals. */
		for (let seed = 20; seed < sizeOf({ merge: 24, nightly: 220 }); seed += 1) await run(seed);
		await run(7);
		const after = await workers.heap();
		workers.close();

		expect(after / before).toBeLessThan(1.25);
	});

	it("keeps every promise if all but copies of its tables is lost, and restored by smsgw restore", {
		timeout: 3_600_000,
	}, async () => {
		const to = sizeOf({ merge: 16, nightly: 400 });
		const { failed, seeds } = await runSeeds({ from: 1, to, isLost: true });

		expect(failed.map(({ seed, failures }) => ({ seed, failures }))).toEqual([]);
		expect(seeds).toBe(to);
	});

	it("runs one seed the same way twice, whatever ran before", async () => {
		const workers = await openWorkers(1);
		const run = async (seed: number) => await workers.run({ kind: "seed", seed, isTraced: false, only: undefined });

		const first = await run(7);
		await run(8);
		const second = await run(7);
		workers.close();

		expect(second.hash).toBe(first.hash);
		expect(second.events).toBe(first.events);
	});
});
