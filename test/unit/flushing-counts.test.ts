import { describe, expect, it, onTestFinished, vi } from "vitest";
import { flushingCounts, flushingCountsOfRequest, flushingCountsWhenDue } from "#lambdas/metrics/flushing-counts.ts";

/** Counts that are due as often as `due` says, and whose writes take as long as the test wants. */
function someCounts(due: readonly boolean[] = []) {
	const steps: string[] = [];
	const answers = [...due];
	const written = Promise.withResolvers<void>();
	const counts = {
		get isDue() {
			return answers.shift() ?? false;
		},
		async flush() {
			steps.push("flush");
			await written.promise;
			steps.push("written");
		},
	};
	const handle = async () => {
		steps.push("handled");
		return "answer";
	};
	return { counts, handle, steps, written: written.resolve };
}

describe("a function that counts", () => {
	it("writes its counts before a call of its queue ends, also of one that fails", async () => {
		const { counts, steps, written } = someCounts();
		written();

		const call = flushingCounts(counts, async () => await Promise.reject(new Error("it failed")));

		await expect(call()).rejects.toThrow("it failed");
		expect(steps).toEqual(["flush", "written"]);
	});

	it("does not let a client wait for a slow write", async () => {
		vi.useFakeTimers();
		onTestFinished(() => void vi.useRealTimers());
		const { counts, handle, steps } = someCounts();

		const answer = flushingCountsOfRequest(counts, handle)();
		await vi.advanceTimersByTimeAsync(250);

		expect(await answer).toBe("answer");
		expect(steps).toEqual(["handled", "flush"]);
	});

	it("writes what is due beside the next request", async () => {
		const { counts, handle, steps, written } = someCounts([true, false]);
		written();

		expect(await flushingCountsWhenDue(counts, handle)()).toBe("answer");

		expect(steps).toEqual(["flush", "handled", "written"]);
	});

	it("writes at the end of a request if it has few, and not at the end of each of many", async () => {
		const [few, many] = [someCounts([false, true]), someCounts([false, false])];
		few.written();

		await flushingCountsWhenDue(few.counts, few.handle)();
		await flushingCountsWhenDue(many.counts, many.handle)();

		expect(few.steps).toEqual(["handled", "flush", "written"]);
		expect(many.steps).toEqual(["handled"]);
	});
});
