import * as z from "zod";

const attributes = z.record(z.string(), z.unknown());

/** One kind of row or queue entry, as some version of the code wrote it, and what the same version read from it. */
const stored = z.strictObject({
	/** The rows, by table; or the body of an entry. */
	rows: z.record(z.string(), z.array(attributes)).exactOptional(),
	body: z.string().exactOptional(),
	reading: z.unknown(),
	/** The version reads it, and does not write it yet. */
	isReadOnly: z.literal(true).exactOptional(),
});
export type Stored = z.output<typeof stored>;

/** What a version of the code writes: each kind of row and queue entry, by its name. */
export const layoutFile = z.record(z.string(), stored);
export type LayoutFile = z.output<typeof layoutFile>;

/**
 * Why a version that wrote `previous` cannot work with what a version that writes `next` has written, as it must during
 * a deployment and after a rollback: a field is gone or has another type, or there is a new kind. New fields are no problem.
 */
export function rollbackProblems(previous: LayoutFile, next: LayoutFile): readonly string[] {
	const tables = tablesIn(previous);
	return Object.entries(next).flatMap(([name, { isReadOnly, rows, body }]) => {
		if (isReadOnly) return [];
		/* The version before never reads a table that it does not have. */
		const isOfNewTable = rows !== undefined && Object.keys(rows).every((table) => !tables.has(table));
		if (isOfNewTable) return [];
		const before = previous[name];
		if (before === undefined) return [`${name}: is new, and the version before cannot read it`];
		const now = typesIn({ rows, body });
		return [...typesIn({ rows: before.rows, body: before.body })].flatMap(([path, type]) =>
			now.get(path) === type ? [] : [`${name}: ${path} was ${type}, and is ${now.get(path) ?? "absent"}`],
		);
	});
}

function tablesIn(file: LayoutFile): ReadonlySet<string> {
	return new Set(Object.values(file).flatMap(({ rows }) => Object.keys(rows ?? {})));
}

/** The type at each path. JSON in texts counts as what it says. */
function typesIn(value: unknown, path = "", found = new Map<string, string>()): ReadonlyMap<string, string> {
	const inner = typeof value === "string" ? (parsed(value) ?? value) : value;
	if (inner === undefined) return found;
	if (typeof inner !== "object" || inner === null) return found.set(path, typeof inner);
	for (const [key, one] of Object.entries(inner)) typesIn(one, `${path}.${key}`.replace(/^\./, ""), found);
	return found;
}

function parsed(text: string): object | undefined {
	if (!/^[{[]/.test(text)) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
