import type { NumberEntry } from "#shared/domain/numbers/number-entry.ts";
import type { NumberStore } from "#shared/usecases/numbers/number-store.ts";

/** Numbers in memory. `rows` is open, so that a test may look; `asked` has what each call of `find` was asked for; those in `unreadable` cannot be read. */
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
