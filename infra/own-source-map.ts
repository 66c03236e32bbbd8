import { relative, resolve } from "node:path";

/** What Node reads of a bundle's source map (version 3). */
export type SourceMap = {
	readonly version: number;
	readonly sources: readonly string[];
	readonly names: readonly string[];
	readonly mappings: string;
};

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The map of our own sources alone, named from the root. Node decodes the whole map as soon as anybody asks for a trace, which pino does as it
 * is loaded: with those of the packages that costs each cold start half as much again.
 * @param folder where the bundle lies: what the map's paths begin at.
 */
export function ownSourceMap(map: SourceMap, root: string, folder: string): SourceMap {
	const paths = map.sources.map((source) => relative(root, resolve(folder, source)));
	const [sources, names] = [numbered(), numbered()];
	/* All fields but the first are told by how far they are from those of the segment before, over all lines. */
	const read = [0, 0, 0, 0];
	const written = [0, 0, 0, 0];
	const lines = map.mappings.split(";").map((line) => {
		let [column, begun, isMapped] = [0, 0, false];
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
				/* A segment of one field ends what the one before it maps. */
				if (own.length === 0 && !isMapped) return [];
				const told = [column - begun, ...own.map((field, index) => field - (written[index] ?? 0))];
				for (const [index, field] of own.entries()) written[index] = field;
				[begun, isMapped] = [column, own.length > 0];
				return [told.map(encoded).join("")];
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

/** Gives each text a number, the same one each time. */
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

/** Numbers in base 64, the least significant digit first; the sixth bit of each says that more follow, the first of a number is its sign. */
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
