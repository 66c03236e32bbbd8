import type { VisibleEntries, WaitingEntries } from "./entry-lists.ts";
import { heap } from "./heap.ts";

type Grouped = { readonly group: string | undefined; readonly place: number };

/** Groups take turns, so that the backlog of one does not delay the others. Within a group the oldest entry comes first. */
export function fairEntries<Entry extends Grouped>(): VisibleEntries<Entry> {
	const groups = new Map<string, WaitingEntries<Entry>>();
	let size = 0;
	const nameOf = ({ group }: Grouped) => group ?? "";

	return {
		get size() {
			return size;
		},
		add(entry) {
			const own = groups.get(nameOf(entry)) ?? heap<Entry>((one, other) => one.place - other.place);
			own.add(entry);
			groups.set(nameOf(entry), own);
			size += 1;
		},
		remove(entry) {
			const own = groups.get(nameOf(entry));
			if (own?.remove(entry) !== true) return false;
			if (own.size === 0) groups.delete(nameOf(entry));
			size -= 1;
			return true;
		},
		take() {
			const [next] = groups;
			const [name, own] = next ?? [];
			const entry = own?.first();
			if (name === undefined || own === undefined || entry === undefined) return undefined;
			own.remove(entry);
			groups.delete(name);
			if (own.size > 0) groups.set(name, own);
			size -= 1;
			return entry;
		},
	};
}
