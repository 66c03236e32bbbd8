import { describe, expect, it, vi } from "vitest";
import { batcher } from "#shared/flow/batcher.ts";
import { retryUntilDone } from "#shared/flow/retry-until-done.ts";
import { settled, useManualTime } from "#test/fakes/manual-time.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";

useManualTime();

describe("a micro-batch", () => {
	it("is handled when its time has passed, and each item then resolves", async () => {
		const batches: (readonly number[])[] = [];
		const testBatcher = batcher<number>(
			{ itemsMax: 10, quietMs: 20, waitMs: 20 },
			async (items) => void batches.push(items),
		);
		const all = Promise.all([testBatcher.add(1), testBatcher.add(2)]);
		await vi.advanceTimersByTimeAsync(19);
		const early = [...batches];
		await vi.advanceTimersByTimeAsync(1);
		await all;

		expect([early, batches]).toEqual([[], [[1, 2]]]);
	});

	it("is handled later while more items come, but no later than its longest wait", async () => {
		const batches: (readonly number[])[] = [];
		const testBatcher = batcher<number>(
			{ itemsMax: 100, quietMs: 10, waitMs: 25 },
			async (items) => void batches.push(items),
		);
		for (const item of [1, 2, 3]) {
			void testBatcher.add(item);
			await vi.advanceTimersByTimeAsync(8);
		}
		void testBatcher.add(4);
		const early = batches.length;
		await vi.advanceTimersByTimeAsync(1);

		expect([early, batches]).toEqual([0, [[1, 2, 3, 4]]]);
	});

	it("is handled as soon as no more items come for a while", async () => {
		const batches: (readonly number[])[] = [];
		const testBatcher = batcher<number>(
			{ itemsMax: 100, quietMs: 10, waitMs: 60_000 },
			async (items) => void batches.push(items),
		);
		void testBatcher.add(1);
		await vi.advanceTimersByTimeAsync(8);
		void testBatcher.add(2);
		await vi.advanceTimersByTimeAsync(9);
		const early = batches.length;
		await vi.advanceTimersByTimeAsync(1);

		expect([early, batches]).toEqual([0, [[1, 2]]]);
	});

	it("is handled at once when it is full", async () => {
		const batches: (readonly number[])[] = [];
		const testBatcher = batcher<number>(
			{ itemsMax: 2, quietMs: 60_000, waitMs: 60_000 },
			async (items) => void batches.push(items),
		);

		await Promise.all([1, 2, 3, 4].map((item) => testBatcher.add(item)));

		expect(batches).toEqual([
			[1, 2],
			[3, 4],
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("starts a new timer after a full batch, so a late item keeps its whole time", async () => {
		const batches: (readonly number[])[] = [];
		const testBatcher = batcher<number>(
			{ itemsMax: 2, quietMs: 20, waitMs: 20 },
			async (items) => void batches.push(items),
		);
		void testBatcher.add(1);
		await vi.advanceTimersByTimeAsync(15);
		void testBatcher.add(2);
		void testBatcher.add(3);

		await vi.advanceTimersByTimeAsync(19);
		expect(batches).toEqual([[1, 2]]);
		await vi.advanceTimersByTimeAsync(1);
		expect(batches).toEqual([[1, 2], [3]]);
	});

	it("fails for each of its own items, and for no other", async () => {
		const testBatcher = batcher<string>({ itemsMax: 2, quietMs: 20, waitMs: 20 }, async (items) => {
			if (items.includes("bad")) throw new Error("bad");
		});

		const outcomes = await Promise.allSettled(["a", "bad", "c", "d"].map((item) => testBatcher.add(item)));

		expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
	});

	it("is drained when all items are done, waiting ones too, even if some fail", async () => {
		const first = Promise.withResolvers<void>();
		const done: string[] = [];
		const testBatcher = batcher<string>({ itemsMax: 1, quietMs: 60_000, waitMs: 60_000 }, async ([item = ""]) => {
			if (item === "slow") await first.promise;
			done.push(item);
			if (item === "bad") throw new Error("bad");
		});
		const added = Promise.allSettled([testBatcher.add("slow"), testBatcher.add("bad")]);
		const drained = testBatcher.drained().then(() => done.push("drained"));
		first.resolve();

		await Promise.all([added, drained]);

		expect(done.at(-1)).toBe("drained");
		expect(done.toSorted()).toEqual(["bad", "drained", "slow"]);
	});

	it("is drained at once when nothing was added", async () => {
		await batcher<string>({ itemsMax: 1, quietMs: 60_000, waitMs: 60_000 }, async () => undefined).drained();

		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("a call that must succeed", () => {
	it("is retried until it does, logs each failure, and learns that it is a retry", async () => {
		const log = memoryLog();
		const again: boolean[] = [];

		const done = retryUntilDone(log, "thing.undone", async (another) => {
			again.push(another);
			if (again.length < 3) throw new Error("not yet");
			return "done";
		});
		const value = await settled(done);

		expect([value, again]).toEqual(["done", [false, true, true]]);
		expect(log.events.map(({ event, fields }) => [event, fields["failures"]])).toEqual([
			["thing.undone", 1],
			["thing.undone", 2],
		]);
	});

	it("stops after its maximum number of attempts", async () => {
		const log = memoryLog();

		const value = await retryUntilDone(log, "thing.undone", async () => Promise.reject(new Error("never")), 1);

		expect([value, log.events.length]).toEqual([undefined, 1]);
	});
});
