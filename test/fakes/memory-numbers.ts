import type { NumberEntry } from "#shared/domain/numbers/number-entry.ts";
import type { NumberStore } from "#shared/usecases/numbers/number-store.ts";

/**
 * Numbers in memory. A test may read `rows`; `asked` has the argument of each `find`; reading a number of `unreadable`
 * fails.
 */
export function memoryNumbers(entries: readonly NumberEntry[] = []): NumberStore & {
	readonly rows: Map<string, NumberEntry>;
	readonly asked: (readonly string[])[];
	readonly unreadable: Set<string>;
} {
	const unreadable = new Set<string>();
	const rows = new Map(entries.map((entry) => [entry.recipient, entry]));
	const asked: (readonly string[])[] = [];
	return {
		rows,
		asked,
		unreadable,
		async find(recipients) {
			asked.push(recipients);
			const found = recipients.flatMap((recipient) => rows.get(recipient) ?? []);
			return new Map(
				found.map(({ recipient, ...entry }) => [
					recipient,
					unreadable.has(recipient) ? "unreadable" : { recipient, ...entry },
				]),
			);
		},
		async put(more) {
			for (const entry of more) rows.set(entry.recipient, entry);
		},
		async remove(recipients) {
			for (const recipient of recipients) rows.delete(recipient);
		},
	};
}
