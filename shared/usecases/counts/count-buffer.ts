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

/** Accounts and hours in memory, each below 10 KB. Counts beyond are lost, and logged. */
const rowsMax = 2_000;

const writesMax = 20;

export type CountBuffer = Counter & {
	/** Whether there are counts, and the last flush was ten seconds ago. */
	readonly isDue: boolean;
	/** Writes all counts. Never rejects. What a busy store refused stays for the next flush. */
	flush(): Promise<void>;
};

export type CountBufferDeps = {
	readonly store: Pick<CountStore, "add">;
	/** A monotonic clock. */
	readonly monotonic: Clock;
	readonly log: Pick<Log, "error">;
};

/**
 * A process's counts in memory, because a write for each message would double the costs. If the process dies, what is in
 * it is lost: for each account fewer than 200 counts, none of them older than ten seconds (ADR 0115).
 */
export function countBuffer({ store, monotonic, log }: CountBufferDeps): CountBuffer {
	const pending = new Map<string, CountEntry[]>();
	const writing = ongoingWork();
	let lost = 0;
	let flushedAt = Number.NEGATIVE_INFINITY;

	function put(entry: CountEntry): void {
		const name = `${entry.hour}#${entry.userName}`;
		const own = pending.get(name);
		if (own === undefined && pending.size >= rowsMax) lost += Math.abs(entry.messages);
		else if (own === undefined) pending.set(name, [entry]);
		else if (own.push(entry) % entriesMax === 0) {
			pending.delete(name);
			void writing.add(writeAll([own]));
		}
	}

	/** Waits for the next flush, or for 200 more counts: a busy store is not asked again at once. */
	function putBack({ userName, hour, counts }: HourCounts): void {
		const name = `${hour}#${userName}`;
		const all = [...(pending.get(name) ?? []), ...entriesOf({ userName, hour, counts })];
		pending.set(name, byHour(all).flatMap(entriesOf));
	}

	async function write(counts: HourCounts): Promise<void> {
		try {
			if (!(await store.add(counts))) putBack(counts);
		} catch (err) {
			logLost(messagesIn(counts), err);
		}
	}

	async function writeAll(groups: readonly (readonly CountEntry[])[]): Promise<void> {
		const rows = groups.flatMap(byHour);
		const writers = Array.from({ length: Math.min(writesMax, rows.length) }, async (_, first) => {
			for (let index = first; index < rows.length; index += writesMax) await write(rows[index] as HourCounts);
		});
		await Promise.all(writers);
	}

	function logLost(messages: number, err?: unknown): void {
		log.error("counts.lost", { messages, ...(err !== undefined && { err: errorSummary(err) }) });
	}

	return {
		add(entries) {
			for (const entry of entries) put(entry);
		},
		get isDue() {
			return pending.size > 0 && monotonic() - flushedAt >= flushEveryMs;
		},
		async flush() {
			flushedAt = monotonic();
			const groups = [...pending.values()];
			pending.clear();
			if (groups.length > 0) void writing.add(writeAll(groups));
			if (lost > 0) logLost(lost);
			lost = 0;
			await writing.settled();
		},
	};
}

const entriesOf = ({ userName, hour, counts }: HourCounts) => counts.map((count) => ({ ...count, userName, hour }));

const messagesIn = ({ counts }: HourCounts) => counts.reduce((sum, { messages }) => sum + Math.abs(messages), 0);
