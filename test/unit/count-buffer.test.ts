import { describe, expect, it } from "vitest";
import { type CountEntry, type HourCounts, summed } from "#shared/domain/counts/count.ts";
import { type CountBuffer, countBuffer } from "#shared/usecases/counts/count-buffer.ts";
import { memoryLog, stoppedClock } from "#test/fakes/memory-stores.ts";

const anEntry = (parts: Partial<CountEntry> = {}): CountEntry => ({
	userName: "demo",
	hour: 0,
	operator: "kcell",
	priority: 0,
	measure: "submitted",
	messages: 1,
	segments: 1,
	...parts,
});

const times = (count: number, entry: CountEntry) => Array.from({ length: count }, () => entry);

function aBuffer(answer: (attempt: number) => boolean = () => true) {
	const written: HourCounts[] = [];
	let attempts = 0;
	const store = {
		async add(counts: HourCounts) {
			attempts += 1;
			const isAdded = answer(attempts);
			if (isAdded) written.push(counts);
			return isAdded;
		},
	};
	const clock = stoppedClock(0);
	const log = memoryLog();
	const buffer: CountBuffer = countBuffer({ store, monotonic: clock, log });
	const total = () =>
		summed(written.flatMap(({ counts }) => counts)).map(({ measure, messages }) => [measure, messages]);
	return { buffer, written, clock, log, total, attempts: () => attempts };
}

describe("the counts of a process", () => {
	it("are written by one call for each account and hour", async () => {
		const { buffer, written } = aBuffer();

		buffer.add([...times(3, anEntry()), anEntry({ hour: 3_600_000 }), ...times(2, anEntry({ userName: "kaspi" }))]);
		await buffer.flush();

		expect(written.map(({ userName, hour, counts }) => [userName, hour, counts[0]?.messages])).toEqual([
			["demo", 0, 3],
			["demo", 3_600_000, 1],
			["kaspi", 0, 2],
		]);
	});

	it("are written at once when an account has two hundred, so that a death loses fewer", async () => {
		const { buffer, written } = aBuffer();

		buffer.add(times(199, anEntry()));
		expect(written).toEqual([]);
		buffer.add([anEntry()]);

		expect(written[0]?.counts[0]?.messages).toBe(200);
	});

	it("are due ten seconds after the last flush, and at first", async () => {
		const { buffer, clock } = aBuffer();
		const accepted = { ...anEntry(), measure: "accepted" as const };
		expect(buffer.isDue).toBe(false);
		buffer.add([accepted]);
		expect(buffer.isDue).toBe(true);

		await buffer.flush();
		buffer.add([accepted]);

		expect(buffer.isDue).toBe(false);
		clock.advance(10_000);
		expect(buffer.isDue).toBe(true);
	});

	it("are due at once if one is of another step than acceptance, since nothing counts that again", async () => {
		const { buffer } = aBuffer();
		await buffer.flush();

		buffer.add([anEntry()]);

		expect(buffer.isDue).toBe(true);
		await buffer.flush();
		expect(buffer.isDue).toBe(false);
	});

	it("stay for the next flush while the store is busy, and are asked for once in a flush", async () => {
		const { buffer, total, attempts } = aBuffer((attempt) => attempt > 2);

		buffer.add(times(250, anEntry()));
		await buffer.flush();
		await buffer.flush();
		await buffer.flush();

		expect(total()).toEqual([["submitted", 250]]);
		expect(attempts()).toBeLessThan(6);
	});

	it("are not written again if they may have been written, and the log says how many", async () => {
		const { buffer, written, log } = aBuffer(() => {
			throw new Error("no answer");
		});

		buffer.add(times(3, anEntry()));
		await buffer.flush();
		await buffer.flush();

		expect(written).toEqual([]);
		expect(log.events.map(({ event, fields }) => [event, fields["messages"]])).toEqual([["counts.lost", 3]]);
	});

	it("are written by twenty calls at once at most, however slow the store is", async () => {
		const answers: (() => void)[] = [];
		let written = 0;
		const store = {
			async add({ counts }: HourCounts) {
				await new Promise<void>((resolve) => answers.push(resolve));
				written += counts[0]?.messages ?? 0;
				return true;
			},
		};
		const buffer = countBuffer({ store, monotonic: stoppedClock(0), log: memoryLog() });

		buffer.add(times(30 * 200, anEntry()));
		expect(answers).toHaveLength(20);
		const flushed = buffer.flush();
		for (let index = 0; index < 40; index += 1) {
			answers[index]?.();
			await Promise.resolve();
			await new Promise(setImmediate);
		}
		await flushed;

		expect([written, answers.length]).toEqual([30 * 200, 21]);
	});

	it("are bounded while the store refuses them: what does not fit is logged as lost", async () => {
		const { buffer, log, total } = aBuffer((attempt) => attempt > 2_500);
		const rows = (count: number, from: number) =>
			Array.from({ length: count }, (_, index) => anEntry({ userName: `user ${from + index}` }));

		buffer.add(rows(1_500, 0));
		const flushed = buffer.flush();
		buffer.add(rows(1_000, 1_500));
		await flushed;
		await buffer.flush();
		await buffer.flush();

		expect(log.events.map(({ event, fields }) => [event, fields["messages"]])).toEqual([["counts.lost", 500]]);
		expect(total().length).toBeGreaterThan(0);
	});

	it("are bounded: what does not fit is logged as lost", async () => {
		const { buffer, written, log } = aBuffer();

		buffer.add(Array.from({ length: 2_003 }, (_, index) => anEntry({ userName: `user ${index}` })));
		await buffer.flush();

		expect(written).toHaveLength(2_000);
		expect(log.events.map(({ event, fields }) => [event, fields["messages"]])).toEqual([["counts.lost", 3]]);
	});
});
