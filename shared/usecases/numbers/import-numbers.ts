import type { Clock } from "../../clock.ts";
import { isSameEntry, type NumberEntry, type NumberUpdate, updatedEntry } from "../../domain/numbers/number-entry.ts";
import type { NumberStore } from "./number-store.ts";

/** One row of an import, by its line: what it says of a number, or why it cannot be read. */
export type NumberLine = { readonly line: number } & ({ readonly update: NumberUpdate } | { readonly problem: string });

export type BadLine = { readonly line: number; readonly problem: string };

export type ImportTally = {
	readonly rows: number;
	/** Of the numbers that the rows are about: entries that were new or changed, were removed, or were so already. */
	readonly written: number;
	readonly removed: number;
	readonly unchanged: number;
	readonly bad: number;
	/** The first few of the bad ones. */
	readonly badLines: readonly BadLine[];
};

export type ImportDeps = {
	readonly numbers: NumberStore;
	/** Never goes back. */
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<void>;
	/** So that an import leaves most of the table's throughput to those who route by it. */
	readonly rowsPerSecond: number;
	readonly onProgress: (tally: ImportTally) => void;
};

/** Rows that are read and written together: five reads of 100, at most twenty writes of 25. No more than this is ever held. */
export const windowRows = 500;
const badLinesMax = 10;

const emptyTally: ImportTally = { rows: 0, written: 0, removed: 0, unchanged: 0, bad: 0, badLines: [] };

/**
 * Brings the numbers to what the rows say, in their order; rows that cannot be read are counted and passed over. What a row does not
 * speak of stays: a list of blocked numbers ends no porting, and the other way round. A number that is known as it is already is read
 * and not written. So an import may be run again, after it broke off or with the next day's whole list.
 * @throws Error when the table cannot be read or written; all rows before the last progress are imported then.
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
		/* Its row stays as it is: what else it says would be lost. */
		if (before === "unreadable") continue;
		const after = updatedEntry(before, one);
		if (after === null) gone.push(...(before === undefined ? [] : [recipient]));
		else if (before === undefined || !isSameEntry(before, after)) changed.push(after);
	}
	await Promise.all([numbers.put(changed), numbers.remove(gone)]);
	const [written, removed] = [changed.length, gone.length];
	return { written, removed, unchanged: update.size - written - removed };
}

/** What the rows say of each number: of two that speak of the same, the later counts. */
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
