/** A test as its source names it, with the titles of the groups around it. */
export type MarkedTest = {
	/** From the root. */
	readonly file: string;
	readonly title: string;
	/** What its own title names, and those around it: `R7`, `A28`, each once, in the order of the source. */
	readonly points: readonly string[];
};

type Title = { readonly isGroup: boolean; readonly isSkipped: boolean; readonly text: string; readonly depth: number };

/**
 * The tests of a source that name a point of the contract, read without running it. Skipped tests do not count.
 * The nesting of groups is read from the indentation, which the formatter keeps true.
 */
export function markedTests(file: string, source: string): readonly MarkedTest[] {
	const around: Title[] = [];
	const found: MarkedTest[] = [];
	for (const title of titlesIn(source)) {
		while ((around.at(-1)?.depth ?? -1) >= title.depth) around.pop();
		const all = [...around, title];
		if (title.isGroup) around.push(title);
		else if (!all.some(({ isSkipped }) => isSkipped)) found.push(marked(file, all));
	}
	return found.filter(({ points }) => points.length > 0);
}

function marked(file: string, titles: readonly Title[]): MarkedTest {
	const texts = titles.map(({ text }) => text);
	return {
		file,
		title: texts.map((text) => text.replace(marks, "")).join(": "),
		points: [...new Set(texts.flatMap(pointsIn))],
	};
}

const quoted = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/.source;
/** At the start of a line: `it("…",`, a table on one line with its title, `it.each(…)("…",`, or the end of a longer table, `])("…",`. */
const opening = new RegExp(
	`^(\\t*)(?:(?:it|test|describe)(?:\\.\\w+)*|(?:it|test|describe)\\b.*?\\)|[\\])}].*?\\))\\(\\s*${quoted},`,
	"gm",
);
const calls = /^\t*(it|test|describe)((?:\.\w+)*)\(/gm;

function titlesIn(source: string): readonly Title[] {
	return [...source.matchAll(opening)].map(({ 0: whole, 1: tabs = "", 2: text = "", index }) => {
		/* A table stands between the call and the title, so the call is the last one before it. */
		const before = source.slice(0, index + whole.length - text.length - 1);
		const [, kind, ways = ""] = [...before.matchAll(calls)].at(-1) ?? [];
		return {
			isGroup: kind === "describe",
			isSkipped: /\.(skip|todo)\b/.test(ways),
			text: text.slice(1, -1).replace(/\\(.)/g, "$1"),
			depth: tabs.length,
		};
	});
}

const marks = / ?\(((?:[^()]*, )?[RA]\d+(?:, [^()]*)?)\)/g;

function pointsIn(title: string): readonly string[] {
	return [...title.matchAll(marks)].flatMap(([, list = ""]) => list.split(", ").filter((one) => /^[RA]\d+$/.test(one)));
}
