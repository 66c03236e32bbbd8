import { describe, expect, it } from "vitest";
import type { NumberEntry, NumberUpdate } from "#shared/domain/numbers/number-entry.ts";
import {
	type ImportDeps,
	type ImportTally,
	importNumbers,
	type NumberLine,
	windowRows,
} from "#shared/usecases/numbers/import-numbers.ts";
import { memoryNumbers } from "#test/fakes/memory-numbers.ts";

const numberOf = (index: number) => `7701${String(index).padStart(7, "0")}`;
const plain = { portedTo: null, porting: false, blocked: false };
const anEntry = (index: number, parts: Partial<NumberEntry> = {}): NumberEntry => ({
	...plain,
	recipient: numberOf(index),
	...parts,
});

async function* linesOf(update: readonly (Omit<NumberUpdate, "recipient"> & { readonly index?: number })[]) {
	let line = 1;
	for (const { index = line - 1, ...rest } of update) {
		line += 1;
		yield { line, update: { recipient: numberOf(index), ...rest } } satisfies NumberLine;
	}
}

async function* endless(count: number, onRow: (row: number) => void = () => undefined): AsyncGenerator<NumberLine> {
	for (let row = 0; row < count; row += 1) {
		onRow(row);
		yield { line: row + 2, update: { recipient: numberOf(row), portedTo: "altel", porting: false } };
	}
}

function anImport(entries: readonly NumberEntry[] = [], parts: Partial<ImportDeps> = {}) {
	const numbers = memoryNumbers(entries);
	const calls = { put: 0, removed: 0 };
	const counted = {
		...numbers,
		async put(more: readonly NumberEntry[]) {
			calls.put += more.length;
			await numbers.put(more);
		},
		async remove(recipients: readonly string[]) {
			calls.removed += recipients.length;
			await numbers.remove(recipients);
		},
	};
	const rest = { now: () => 0, pause: async () => undefined, rowsPerSecond: 1_000, onProgress: () => undefined };
	const importDeps: ImportDeps = { numbers: counted, ...rest, ...parts };
	return { importDeps, numbers, calls };
}

describe("an import of numbers", () => {
	it("writes new and changed entries, removes those that end, and leaves the others (A49)", async () => {
		const known = [anEntry(0, { portedTo: "altel" }), anEntry(1, { porting: true }), anEntry(2, { portedTo: "kcell" })];
		const { importDeps, numbers, calls } = anImport(known);
		const gone = { portedTo: null, porting: false };

		const tally = await importNumbers(
			importDeps,
			linesOf([
				{ portedTo: "altel", porting: false },
				{ portedTo: "tele2", porting: false },
				gone,
				{ blocked: true },
				gone,
			]),
		);

		expect([...numbers.rows.values()]).toEqual([
			anEntry(0, { portedTo: "altel" }),
			anEntry(1, { portedTo: "tele2" }),
			anEntry(3, { blocked: true }),
		]);
		expect(tally).toEqual({ rows: 5, written: 2, removed: 1, unchanged: 2, bad: 0, badLines: [] });
		expect(calls).toEqual({ put: 2, removed: 1 });
	});

	it("writes nothing the second time", async () => {
		const { importDeps, calls } = anImport();
		await importNumbers(importDeps, endless(1_200));

		const tally = await importNumbers(importDeps, endless(1_200));

		expect(tally).toMatchObject({ rows: 1_200, written: 0, unchanged: 1_200 });
		expect(calls.put).toBe(1_200);
	});

	it("keeps fields that a row does not name: a port ends no block, and a block ends no port", async () => {
		const { importDeps, numbers } = anImport([anEntry(0, { blocked: true }), anEntry(1, { portedTo: "altel" })]);

		await importNumbers(importDeps, linesOf([{ portedTo: "tele2", porting: false }, { blocked: true }]));

		expect([...numbers.rows.values()]).toEqual([
			anEntry(0, { portedTo: "tele2", blocked: true }),
			anEntry(1, { portedTo: "altel", blocked: true }),
		]);
	});

	it.each([1, windowRows, windowRows + 1])(
		"applies the later of two rows for a number, %i rows apart",
		async (apart) => {
			const { importDeps, numbers } = anImport();
			const between = Array.from({ length: apart - 1 }, (_, index) => ({ index: index + 1, blocked: true }));

			await importNumbers(
				importDeps,
				linesOf([{ index: 0, portedTo: "altel", blocked: true }, ...between, { index: 0, portedTo: "tele2" }]),
			);

			expect(numbers.rows.get(numberOf(0))).toEqual(anEntry(0, { portedTo: "tele2", blocked: true }));
		},
	);

	it("counts unreadable rows, names the first ten, and imports the others", async () => {
		const { importDeps, numbers } = anImport();
		async function* rows(): AsyncGenerator<NumberLine> {
			for (let line = 2; line < 2_002; line += 1) {
				yield line % 2 === 0
					? { line, problem: `wrong ${line}` }
					: { line, update: { recipient: numberOf(line), blocked: true } };
			}
		}

		const tally = await importNumbers(importDeps, rows());

		expect(tally).toMatchObject({ rows: 2_000, written: 1_000, bad: 1_000 });
		expect(tally.badLines).toHaveLength(10);
		expect(tally.badLines.slice(0, 2)).toEqual([
			{ line: 2, problem: "wrong 2" },
			{ line: 4, problem: "wrong 4" },
		]);
		expect(numbers.rows.size).toBe(1_000);
	});

	it("reads no further ahead than one window of written rows", async () => {
		let ahead = 0;
		let most = 0;
		const onProgress = () => {
			ahead = 0;
		};
		const { importDeps } = anImport([], { onProgress });

		await importNumbers(
			importDeps,
			endless(20 * windowRows, () => {
				ahead += 1;
				most = Math.max(most, ahead);
			}),
		);

		expect(most).toBe(windowRows);
	});

	it("keeps its rate, including the time that the writes took", async () => {
		let at = 0;
		const pauses: number[] = [];
		const pause = async (ms: number) => {
			pauses.push(ms);
			at += ms;
		};
		const onProgress = () => {
			at += 100;
		};
		const { importDeps } = anImport([], {
			now: () => at,
			pause,
			rowsPerSecond: 1_000,
			onProgress,
		});

		await importNumbers(importDeps, endless(3 * windowRows));

		expect(pauses).toEqual([400, 400, 400]);
		expect(at).toBe(1_500);
	});

	it("does not wait when it is slower than its rate", async () => {
		let at = 0;
		const pause = async () => expect.fail("it waited");
		const onProgress = () => {
			at += 600;
		};
		const { importDeps } = anImport([], { now: () => at, pause, onProgress });

		await importNumbers(importDeps, endless(2 * windowRows));
	});

	it("has imported the rows of its last progress report when it fails", async () => {
		const reported: ImportTally[] = [];
		const { importDeps, numbers } = anImport([], { onProgress: (tally) => void reported.push(tally) });
		let calls = 0;
		const find: typeof numbers.find = async (recipients) => {
			calls += 1;
			if (calls === 3) throw new Error("the table is unavailable");
			return await numbers.find(recipients);
		};

		const broken = importNumbers({ ...importDeps, numbers: { ...importDeps.numbers, find } }, endless(5_000));

		await expect(broken).rejects.toThrow("unavailable");
		expect(reported.at(-1)?.rows).toBe(2 * windowRows);
		expect(numbers.rows.size).toBe(2 * windowRows);
	});
});
