import { byHour, type CountEntry, type HourCounts } from "#shared/domain/counts/count.ts";
import type { CountStore } from "#shared/usecases/counts/count-store.ts";
import type { Counter } from "#shared/usecases/counts/counter.ts";

/** Keeps what was counted. */
export function memoryCounter(): Counter & { readonly entries: CountEntry[] } {
	const entries: CountEntry[] = [];
	return { entries, add: (more) => void entries.push(...more) };
}

/** Rows of counts in memory. */
export function memoryCounts(): CountStore {
	let rows: readonly HourCounts[] = [];
	const entriesOf = ({ userName, hour, counts }: HourCounts) => counts.map((count) => ({ ...count, userName, hour }));
	return {
		async add(counts) {
			rows = byHour([...rows, counts].flatMap(entriesOf));
			return true;
		},
		read: async (userName, from, to) =>
			rows
				.filter((row) => row.userName === userName && row.hour >= from && row.hour < to)
				.toSorted((one, other) => one.hour - other.hour),
	};
}
