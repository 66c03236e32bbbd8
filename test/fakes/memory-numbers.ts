import type { NumberEntry } from "#shared/domain/number-entry.ts";
import type { NumberStore } from "#shared/ports.ts";

/** Numbers in memory. `rows` is open, so that a test may look; `asked` has what each call of `find` was asked for. */
export function memoryNumbers(entries: readonly NumberEntry[] = []): NumberStore & {
	readonly rows: Map<string, NumberEntry>;
	readonly asked: (readonly string[])[];
} {
	const rows = new Map(entries.map((entry) => [entry.recipient, entry]));
	const asked: (readonly string[])[] = [];
	return {
		rows,
		asked,
		async find(recipients) {
			asked.push(recipients);
			const found = recipients.flatMap((recipient) => rows.get(recipient) ?? []);
			return new Map(found.map((entry) => [entry.recipient, entry]));
		},
		async put(more) {
			for (const entry of more) rows.set(entry.recipient, entry);
		},
		async remove(recipients) {
			for (const recipient of recipients) rows.delete(recipient);
		},
	};
}
