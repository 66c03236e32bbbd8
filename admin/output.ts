/** Result of a command: data for programs (--json), text for people. */
export type CommandOutcome = {
	readonly data: unknown;
	readonly text: string;
	/** 0 if absent. */
	readonly exitCode?: number;
};

export type Cell = string | number | boolean | null | undefined;
export type Row = Readonly<Record<string, Cell>>;

const cellText = (cell: Cell): string => (cell === null || cell === undefined ? "-" : String(cell));

/** Rows in columns, numbers aligned right; `none` is the text for no rows. */
export function asTable(rows: readonly Row[], none: string): CommandOutcome {
	const [first] = rows;
	if (first === undefined) return { data: rows, text: none };
	const columns = Object.keys(first).map((name) => {
		const cells = [name.toUpperCase().replaceAll("_", " "), ...rows.map((row) => cellText(row[name]))];
		const width = Math.max(...cells.map(({ length }) => length));
		const isNumber = rows.every((row) => typeof row[name] === "number" || cellText(row[name]) === "-");
		return cells.map((cell) => (isNumber ? cell.padStart(width) : cell.padEnd(width)));
	});
	const lines = [first, ...rows].map((_, line) => columns.map((cells) => cells[line]).join("  "));
	return { data: rows, text: lines.map((line) => line.trimEnd()).join("\n") };
}

/** One line for each field; nested fields are shown as `outer.inner`. */
export function asRecord(record: object): CommandOutcome {
	const fields = flattened(record, "");
	const width = Math.max(0, ...fields.map(([name]) => name.length));
	return { data: record, text: fields.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n") };
}

function flattened(value: object, path: string): readonly (readonly [string, string])[] {
	return Object.entries(value).flatMap(([key, inner]: [string, unknown]): readonly (readonly [string, string])[] => {
		const name = `${path}${key}`;
		if (!hasFields(inner)) return [[name, valueText(inner)]];
		return flattened(inner, `${name}.`);
	});
}

function hasFields(value: unknown): value is object {
	if (typeof value !== "object" || value === null) return false;
	return Array.isArray(value) ? value.some((one) => typeof one === "object") : Object.keys(value).length > 0;
}

function valueText(value: unknown): string {
	if (Array.isArray(value)) return value.length === 0 ? "-" : value.join(", ");
	return typeof value === "object" && value !== null ? "-" : cellText(value as Cell);
}

export function asSentence(text: string, data: object): CommandOutcome {
	return { data, text };
}
