import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ContractPoint, contractPoints, openPoints } from "./contract-points.ts";
import { type MarkedTest, markedTests } from "./marked-tests.ts";

/** The pages that `npm run contract` writes, by their files. */
export function contractPages(tests: readonly MarkedTest[]): Readonly<Record<string, string>> {
	return { "docs/contract.md": pointsPage(tests), "docs/contract-tests.md": testsPage(tests) };
}

/** Every test in the project that names a point of the contract. */
export function allMarkedTests(): readonly MarkedTest[] {
	const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
	return files
		.map((file) => join("test", file))
		.sort()
		.flatMap((file) => markedTests(file, readFileSync(file, "utf8")));
}

export const pointNames = Object.keys(contractPoints) as readonly ContractPoint[];

const testsOf = (point: ContractPoint, tests: readonly MarkedTest[]) =>
	tests.filter(({ points }) => points.includes(point));

const pointsHead = `# The contract

What the gateway does for its clients, point by point. The API document is the authority. R points are what it asks for; A points settle
what it leaves open or contradicts. Numbers that are missing do not exist.

A point is *held* if tests name it; the word links to them. \`npm run contract\` writes this page, and a test fails when it is stale.
`;

const tableHead = "| point | what holds | status |\n|---|---|---|\n";

function pointsPage(tests: readonly MarkedTest[]): string {
	const rows = (letter: string) =>
		pointNames.filter((point) => point.startsWith(letter)).map((point) => row(point, tests));
	return [
		pointsHead,
		`## What the document asks\n\n${tableHead}${rows("R").join("")}`,
		`## What it leaves open, settled\n\n${tableHead}${rows("A").join("")}`,
	].join("\n");
}

function row(point: ContractPoint, tests: readonly MarkedTest[]): string {
	const held = testsOf(point, tests).length > 0 ? [`[held](contract-tests.md#${point.toLowerCase()})`] : [];
	const open = openPoints[point];
	const status = open === undefined ? held : [...held, `*${open.status}*: ${open.missing}`];
	return `| ${point} | ${cell(contractPoints[point])} | ${cell(status.join(" "))} |\n`;
}

const testsHead = `# The contract's tests

The tests that name each point of [the contract](contract.md), by file. That a test names a point does not prove that it covers all of it.
\`npm run contract\` writes this page from the tests' titles, and a test fails when it is stale.
`;

function testsPage(tests: readonly MarkedTest[]): string {
	const sections = pointNames
		.filter((point) => testsOf(point, tests).length > 0)
		.map(
			(point) => `## ${point}\n\n${plain(contractPoints[point])}\n\n${titlesByFile(testsOf(point, tests)).join("")}`,
		);
	return [testsHead, ...sections].join("\n");
}

function titlesByFile(tests: readonly MarkedTest[]): readonly string[] {
	return [...Map.groupBy(tests, ({ file }) => file)].map(([file, inFile]) => {
		const titles = inFile.map(({ title }) => `  - ${plain(title)}\n`);
		return `- [${file.slice("test/".length)}](../${file})\n${titles.join("")}`;
	});
}

/** A text that begins no tag and stays on its line. */
const plain = (text: string) => text.replaceAll("<", "&lt;").replaceAll("\n", " ");

/** The same, where it must not end its cell. */
const cell = (text: string) => plain(text).replaceAll("|", "\\|");
