import type { Clock } from "../../clock.ts";
import { byHour, type CountEntry, type HourCounts } from "../../domain/counts/count.ts";
import { errorSummary } from "../../domain/faults.ts";
import { ongoingWork } from "../../flow/ongoing-work.ts";
import type { Log } from "../../log.ts";
import type { CountStore } from "./count-store.ts";
import type { Counter } from "./counter.ts";

/** A process writes its counts this often at least. */
export const flushEveryMs = 10_000;

/** An account's counts of an hour are written when there are so many. A submitted message makes two. */
const entriesMax = 200;

/** Accounts and hours in memory, with those under way, each below 10 KB. Counts beyond are lost, and logged. */
const rowsMax = 2_000;

const writesMax = 20;

export type CountBuffer = Counter & {
	/** Whether there are counts, and the last flush was ten seconds ago or some are of another step than acceptance: nothing counts those again. */
	readonly isDue: boolean;
	/** Writes all counts. Never rejects. What a busy store refused stays for the next flush, within the limits of memory. */
	flush(): Promise<void>;
};

export type CountBufferDeps = {
	readonly store: Pick<CountStore, "add">;
	/** A monotonic clock. */
	readonly monotonic: Clock;
	readonly log: Pick<Log, "error">;
};

/** What is not written yet of an account and hour. `fresh`: the counts since its last write. */
type Row = { entries: CountEntry[]; fresh: number };

/**
 * A process's counts in memory, because a write for each message would double the costs. If the process dies, what is in
 * it is lost: while the store answers, of each account fewer than 200 counts, none older than ten seconds, and what is being written.
 * While the store is busy or slow, sums stay in memory, within these limits (ADR 0115).
 */
export function countBuffer({ store, monotonic, log }: CountBufferDeps): CountBuffer {
	const pending = pendingRows();
	/** The names of the rows that the next free writer takes. */
	const due = new Set<string>();
	const writing = ongoingWork();
	let writes = 0;
	let lost = 0;
	let flushedAt = Number.NEGATIVE_INFINITY;
	let holdsSteps = false;

	function put(entry: CountEntry): void {
		const row = pending.of(entry, writes);
		if (row === undefined) lost += Math.abs(entry.messages);
		else if (isDueWith(row, entry)) {
			due.add(nameOf(entry));
			startWrites();
		}
	}

	function startWrites(): void {
		for (const name of due) {
			if (writes >= writesMax) return;
			due.delete(name);
			const [counts] = byHour(pending.take(name));
			if (counts === undefined) continue;
			writes += 1;
			void writing.add(write(counts));
		}
	}

	async function write(counts: HourCounts): Promise<void> {
		let isRefused = false;
		try {
			isRefused = !(await store.add(counts));
		} catch (err) {
			logLost(log, messagesIn(counts), err);
		}
		writes -= 1;
		/* It waits for the next flush, or for 200 more counts: a busy store is not asked again at once. */
		if (isRefused) pending.of(counts, writes)?.entries.push(...entriesOf(counts));
		startWrites();
	}

	return {
		add(entries) {
			holdsSteps ||= entries.some(({ measure }) => measure !== "accepted");
			for (const entry of entries) put(entry);
		},
		get isDue() {
			return pending.size > 0 && (holdsSteps || monotonic() - flushedAt >= flushEveryMs);
		},
		async flush() {
			flushedAt = monotonic();
			holdsSteps = false;
			for (const name of pending.names) due.add(name);
			startWrites();
			if (lost > 0) logLost(log, lost);
			lost = 0;
			await writing.settled();
		},
	};
}

function logLost(log: CountBufferDeps["log"], messages: number, err?: unknown): void {
	log.error("counts.lost", { messages, ...(err !== undefined && { err: errorSummary(err) }) });
}

/** Adds a count to a row. True if the row has 200 more; they are added up then, because no writer may be free. */
function isDueWith(row: Row, entry: CountEntry): boolean {
	row.entries.push(entry);
	row.fresh += 1;
	if (row.fresh % entriesMax !== 0) return false;
	row.entries = byHour(row.entries).flatMap(entriesOf);
	return true;
}

/** The rows that are not being written. */
function pendingRows() {
	const rows = new Map<string, Row>();
	return {
		get size() {
			return rows.size;
		},
		get names(): readonly string[] {
			return [...rows.keys()];
		},
		/** Undefined if there is no room for one more, beside those that are being written. */
		of(place: Place, writes: number): Row | undefined {
			const known = rows.get(nameOf(place));
			if (known !== undefined || rows.size + writes >= rowsMax) return known;
			const row: Row = { entries: [], fresh: 0 };
			rows.set(nameOf(place), row);
			return row;
		},
		take(name: string): readonly CountEntry[] {
			const entries = rows.get(name)?.entries ?? [];
			rows.delete(name);
			return entries;
		},
	};
}

type Place = Pick<HourCounts, "userName" | "hour">;

const nameOf = ({ userName, hour }: Place) => `${hour}#${userName}`;

const entriesOf = ({ userName, hour, counts }: HourCounts) => counts.map((count) => ({ ...count, userName, hour }));

const messagesIn = ({ counts }: HourCounts) => counts.reduce((sum, { messages }) => sum + Math.abs(messages), 0);
