import type { Clock } from "../../clock.ts";
import { retryUntilDone } from "../../flow/retry-until-done.ts";
import type { Log } from "../../log.ts";
import type { RestoredTable } from "./restored-table.ts";

/** How far a step of a restore has come. */
export type Position = {
	/** Where the next page begins; null: at the first row. */
	readonly from: string | null;
	readonly isDone: boolean;
	readonly rows: number;
	/** Rows written, or messages that got a holder. */
	readonly done: number;
	readonly unreadable: number;
};

export const start: Position = { from: null, isDone: false, rows: 0, done: 0, unreadable: 0 };

/** Keeps the positions, so that a restore that was stopped continues. */
export type RestoreProgress = {
	of(step: string): Position;
	save(step: string, position: Position): void;
};

export type WalkDeps = {
	readonly progress: RestoreProgress;
	/** Monotonic. */
	readonly now: Clock;
	readonly pause: (ms: number) => Promise<void>;
	readonly rowsPerSecond: number;
	readonly log: Log;
};

const triesMax = 10;

/**
 * Goes through a restored table page by page. A page whose work fails is repeated. The position is saved after each page,
 * so a restore that dies repeats one page at most.
 * @param carryOut may be repeated. Returns the number of rows for which there was something to do.
 * @throws Error if a page fails in every try.
 */
export async function walkTable<Row>(
	deps: WalkDeps,
	step: string,
	table: RestoredTable<Row>,
	carryOut: (rows: readonly Row[]) => Promise<number>,
): Promise<void> {
	let position = beginning(deps.progress.of(step));
	while (!position.isDone) {
		const before = position;
		const startedAt = deps.now();
		const after = await retryUntilDone(
			deps.log,
			"restore.page_failed",
			async () => await nextPosition(before, table, carryOut),
			triesMax,
		);
		if (after === undefined) throw new Error(`${step}: a page failed ${triesMax} times; start again to continue here`);
		position = after;
		deps.progress.save(step, position);
		const aheadMs = startedAt + ((after.rows - before.rows) / deps.rowsPerSecond) * 1_000 - deps.now();
		if (aheadMs > 0) await deps.pause(aheadMs);
	}
}

/** A step that could not read some rows begins again: this version may be able to. */
const beginning = (position: Position) => (position.isDone && position.unreadable > 0 ? start : position);

async function nextPosition<Row>(
	{ from, rows, done, unreadable }: Position,
	table: RestoredTable<Row>,
	carryOut: (rows: readonly Row[]) => Promise<number>,
): Promise<Position> {
	const page = await table.page(from);
	return {
		from: page.next,
		isDone: page.next === null,
		rows: rows + page.rows.length + page.unreadable,
		done: done + (await carryOut(page.rows)),
		unreadable: unreadable + page.unreadable,
	};
}
