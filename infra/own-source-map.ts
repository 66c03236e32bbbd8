import { relative, resolve } from "node:path";

/** The part of a source map (version 3) that Node reads. */
export type SourceMap = {
	readonly version: number;
	readonly sources: readonly string[];
	readonly names: readonly string[];
	readonly mappings: string;
};

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Removes the sources of packages from a map, and names ours from the root. Node decodes the whole map with the first stack trace, which pino
 * takes while it loads: the packages' part would make each cold start half as long again (docs/adr/0061).
 * @param folder the bundle's folder, to which the map's paths are relative.
 */
export function ownSourceMap(map: SourceMap, root: string, folder: string): SourceMap {
	const paths = map.sources.map((source) => relative(root, resolve(folder, source)));
	const [sources, names] = [numbered(), numbered()];
	/* All fields but the first are differences to the previous segment, across lines. */
	const read = [0, 0, 0, 0];
	const written = [0, 0, 0, 0];
	const lines = map.mappings.split(";").map((line) => {
		let [column, lastColumn, isMapped] = [0, 0, false];
		const segments = line
			.split(",")
			.filter(Boolean)
			.flatMap((segment) => {
				const [right = 0, ...steps] = decoded(segment);
				column += right;
				const fields = steps.map((step, index) => {
					const field = (read[index] ?? 0) + step;
					read[index] = field;
					return field;
				});
				const own = ownFields(fields);
				/* A segment of one field ends the mapping of the previous one. */
				if (own.length === 0 && !isMapped) return [];
				const differences = [column - lastColumn, ...own.map((field, index) => field - (written[index] ?? 0))];
				for (const [index, field] of own.entries()) written[index] = field;
				[lastColumn, isMapped] = [column, own.length > 0];
				return [differences.map(encoded).join("")];
			});
		return segments.join(",");
	});
	return { version: map.version, sources: sources.all, names: names.all, mappings: lines.join(";") };

	function ownFields([source, line, column, name]: readonly number[]): readonly number[] {
		const path = source === undefined ? undefined : paths[source];
		if (path === undefined || path.startsWith("..") || path.startsWith("node_modules/")) return [];
		const place = [sources.of(path), line ?? 0, column ?? 0];
		return name === undefined ? place : [...place, names.of(map.names[name] ?? "")];
	}
}

/** Numbers texts in the order of their first use. */
function numbered() {
	const numbers = new Map<string, number>();
	return {
		of(text: string): number {
			const number = numbers.get(text) ?? numbers.size;
			numbers.set(text, number);
			return number;
		},
		get all(): readonly string[] {
			return [...numbers.keys()];
		},
	};
}

/** Base 64 VLQ: least significant digit first, bit 6 of a digit continues the number, bit 1 of a number is its sign. */
function decoded(segment: string): readonly number[] {
	const numbers: number[] = [];
	let [value, shift] = [0, 0];
	for (const digit of segment) {
		const bits = digits.indexOf(digit);
		value |= (bits & 31) << shift;
		shift += 5;
		if (bits & 32) continue;
		numbers.push(value & 1 ? -(value >> 1) : value >> 1);
		[value, shift] = [0, 0];
	}
	return numbers;
}

function encoded(number: number): string {
	let rest = number < 0 ? (-number << 1) | 1 : number << 1;
	let text = "";
	do {
		const bits = rest & 31;
		rest >>>= 5;
		text += digits[rest > 0 ? bits | 32 : bits];
	} while (rest > 0);
	return text;
}
