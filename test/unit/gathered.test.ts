import { describe, expect, it, vi } from "vitest";
import { gathered } from "#smpp/gathered.ts";
import { untilDone } from "#smpp/until-done.ts";
import { memoryLog } from "#test/fakes/memory-stores.ts";
import { ended, moveTimeByHand } from "#test/fakes/moved-time.ts";

moveTimeByHand();

describe("what is gathered", () => {
	it("goes together when its moment has passed, each told when it is done", async () => {
		const lots: (readonly number[])[] = [];
		const lot = gathered<number>({ itemsMax: 10, quietMs: 20, waitMs: 20 }, async (items) => void lots.push(items));
		const all = Promise.all([lot.add(1), lot.add(2)]);
		await vi.advanceTimersByTimeAsync(19);
		const early = [...lots];
		await vi.advanceTimersByTimeAsync(1);
		await all;

		expect([early, lots]).toEqual([[], [[1, 2]]]);
	});

	it("goes later as long as more come, and at last even while they do", async () => {
		const lots: (readonly number[])[] = [];
		const lot = gathered<number>({ itemsMax: 100, quietMs: 10, waitMs: 25 }, async (items) => void lots.push(items));
		for (const item of [1, 2, 3]) {
			void lot.add(item);
			await vi.advanceTimersByTimeAsync(8);
		}
		void lot.add(4);
		const early = lots.length;
		await vi.advanceTimersByTimeAsync(1);

		expect([early, lots]).toEqual([0, [[1, 2, 3, 4]]]);
	});

	it("goes as soon as nothing more has come for a while", async () => {
		const lots: (readonly number[])[] = [];
		const lot = gathered<number>(
			{ itemsMax: 100, quietMs: 10, waitMs: 60_000 },
			async (items) => void lots.push(items),
		);
		void lot.add(1);
		await vi.advanceTimersByTimeAsync(8);
		void lot.add(2);
		await vi.advanceTimersByTimeAsync(9);
		const early = lots.length;
		await vi.advanceTimersByTimeAsync(1);

		expect([early, lots]).toEqual([0, [[1, 2]]]);
	});

	it("does not wait when it is enough", async () => {
		const lots: (readonly number[])[] = [];
		const lot = gathered<number>(
			{ itemsMax: 2, quietMs: 60_000, waitMs: 60_000 },
			async (items) => void lots.push(items),
		);

		await Promise.all([1, 2, 3, 4].map((item) => lot.add(item)));

		expect(lots).toEqual([
			[1, 2],
			[3, 4],
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it("begins a new moment after a full lot: a late one is not cut short by the old one's", async () => {
		const lots: (readonly number[])[] = [];
		const lot = gathered<number>({ itemsMax: 2, quietMs: 20, waitMs: 20 }, async (items) => void lots.push(items));
		void lot.add(1);
		await vi.advanceTimersByTimeAsync(15);
		void lot.add(2);
		void lot.add(3);

		await vi.advanceTimersByTimeAsync(19);
		expect(lots).toEqual([[1, 2]]);
		await vi.advanceTimersByTimeAsync(1);
		expect(lots).toEqual([[1, 2], [3]]);
	});

	it("fails for each of its lot, and for no other", async () => {
		const lot = gathered<string>({ itemsMax: 2, quietMs: 20, waitMs: 20 }, async (items) => {
			if (items.includes("bad")) throw new Error("bad");
		});

		const outcomes = await Promise.allSettled(["a", "bad", "c", "d"].map((item) => lot.add(item)));

		expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
	});

	it("is drained when all of it is done, the unbegun too, and bears a failure", async () => {
		const first = Promise.withResolvers<void>();
		const done: string[] = [];
		const lot = gathered<string>({ itemsMax: 1, quietMs: 60_000, waitMs: 60_000 }, async ([item = ""]) => {
			if (item === "slow") await first.promise;
			done.push(item);
			if (item === "bad") throw new Error("bad");
		});
		const added = Promise.allSettled([lot.add("slow"), lot.add("bad")]);
		const drained = lot.drained().then(() => done.push("drained"));
		first.resolve();

		await Promise.all([added, drained]);

		expect(done.at(-1)).toBe("drained");
		expect(done.toSorted()).toEqual(["bad", "drained", "slow"]);
	});

	it("is drained at once where nothing was added", async () => {
		await gathered<string>({ itemsMax: 1, quietMs: 60_000, waitMs: 60_000 }, async () => undefined).drained();

		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("what must be done", () => {
	it("is tried until it is, each failure logged, and told when it is tried again", async () => {
		const log = memoryLog();
		const again: boolean[] = [];

		const done = untilDone(log, "thing.undone", async (another) => {
			again.push(another);
			if (again.length < 3) throw new Error("not yet");
			return "done";
		});
		const value = await ended(done);

		expect([value, again]).toEqual(["done", [false, true, true]]);
		expect(log.events.map(({ event, fields }) => [event, fields["failures"]])).toEqual([
			["thing.undone", 1],
			["thing.undone", 2],
		]);
	});

	it("is given up after its limit of tries", async () => {
		const log = memoryLog();

		const value = await untilDone(log, "thing.undone", async () => Promise.reject(new Error("never")), 1);

		expect([value, log.events.length]).toEqual([undefined, 1]);
	});
});
