import type { Clock } from "../../clock.ts";
import { isSameEntry, type NumberEntry, type NumberUpdate, updatedEntry } from "../../domain/numbers/number-entry.ts";
import type { NumberStore } from "./number-store.ts";

/** One line of an import: an update, or why it is not one. */
export type NumberLine = { readonly line: number } & ({ readonly update: NumberUpdate } | { readonly problem: string });

export type BadLine = { readonly line: number; readonly problem: string };

export type ImportTally = {
	readonly rows: number;
	readonly written: number;
	readonly removed: number;
	readonly unchanged: number;
	readonly bad: number;
	readonly badLines: readonly BadLine[];
};

export type ImportDeps = {
	readonly numbers: NumberStore;
	/** Monotonic. */
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<void>;
	/** A limit, so that most of the table's throughput is left for routing. */
	readonly rowsPerSecond: number;
	readonly onProgress: (tally: ImportTally) => void;
};

/** Rows in memory, which are read and written together: five reads of 100, and at most twenty writes of 25. */
export const windowRows = 500;
const badLinesMax = 10;

const emptyTally: ImportTally = { rows: 0, written: 0, removed: 0, unchanged: 0, bad: 0, badLines: [] };

/**
 * Updates number entries from rows, in their order. Bad rows are counted and skipped. Fields that a row does not have
 * stay: a list of blocked numbers does not end a porting. Equal entries are not written, so an import may be repeated,
 * or run with the full list of the next day.
 * @throws Error if the table cannot be read or written. All rows before the last progress are imported then.
 */
export async function importNumbers(deps: ImportDeps, lines: AsyncIterable<NumberLine>): Promise<ImportTally> {
	const startedAt = deps.now();
	let tally = emptyTally;
	let window: NumberLine[] = [];
	const importWindow = async () => {
		tally = summed(tally, window, await apply(deps.numbers, window));
		window = [];
		deps.onProgress(tally);
		const aheadMs = startedAt + (tally.rows / deps.rowsPerSecond) * 1_000 - deps.now();
		if (aheadMs > 0) await deps.pause(aheadMs);
	};
	for await (const line of lines) {
		window.push(line);
		if (window.length === windowRows) await importWindow();
	}
	if (window.length > 0) await importWindow();
	return tally;
}

type Applied = Pick<ImportTally, "written" | "removed" | "unchanged">;

async function apply(numbers: NumberStore, window: readonly NumberLine[]): Promise<Applied> {
	const update = merged(window);
	const known = await numbers.find([...update.keys()]);
	const changed: NumberEntry[] = [];
	const gone: string[] = [];
	for (const [recipient, one] of update) {
		const before = known.get(recipient);
		/* Its row stays as it is: an update would lose its other fields. */
		if (before === "unreadable") continue;
		const after = updatedEntry(before, one);
		if (after === null) gone.push(...(before === undefined ? [] : [recipient]));
		else if (before === undefined || !isSameEntry(before, after)) changed.push(after);
	}
	await Promise.all([numbers.put(changed), numbers.remove(gone)]);
	const [written, removed] = [changed.length, gone.length];
	return { written, removed, unchanged: update.size - written - removed };
}

/** One update for each number. Later rows override earlier ones. */
function merged(window: readonly NumberLine[]): ReadonlyMap<string, NumberUpdate> {
	const byNumber = new Map<string, NumberUpdate>();
	for (const row of window) {
		if ("update" in row) byNumber.set(row.update.recipient, { ...byNumber.get(row.update.recipient), ...row.update });
	}
	return byNumber;
}

function summed(tally: ImportTally, window: readonly NumberLine[], applied: Applied): ImportTally {
	const bad = window.flatMap((row) => ("problem" in row ? [{ line: row.line, problem: row.problem }] : []));
	return {
		rows: tally.rows + window.length,
		written: tally.written + applied.written,
		removed: tally.removed + applied.removed,
		unchanged: tally.unchanged + applied.unchanged,
		bad: tally.bad + bad.length,
		badLines: [...tally.badLines, ...bad].slice(0, badLinesMax),
	};
}
