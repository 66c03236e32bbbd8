import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ContractPoint, contractPoints, laterPoints } from "./contract-points.ts";
import { type MarkedTest, markedTests } from "./marked-tests.ts";

/** Where the table is checked in. */
export const tableFile = "docs/contract.md";

/** Every test in the project that names a point of the contract. */
export function allMarkedTests(): readonly MarkedTest[] {
	const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
	return files
		.map((file) => join("test", file))
		.sort()
		.flatMap((file) => markedTests(file, readFileSync(file, "utf8")));
}

const head = `# The contract and its tests

Every point of the gateway's contract, and the tests that hold it. R is what the API document asks for; A settles what it leaves
open or contradicts. \`npm run contract\` makes this page from the tests' names, and a test fails when it is stale.

| | what | held by |
|---|---|---|
`;

/** The page that says which tests hold which point. */
export function contractTable(tests: readonly MarkedTest[]): string {
	const rows = pointNames.map((point) => {
		const holding = tests.filter(({ points }) => points.includes(point));
		const later = laterPoints[point];
		const cells = [...(later === undefined ? [] : [`*${later}*`]), ...namesByFile(holding)];
		return `| ${point} | ${cell(contractPoints[point])} | ${cells.join("<br>")} |\n`;
	});
	return `${head}${rows.join("")}`;
}

export const pointNames = Object.keys(contractPoints) as readonly ContractPoint[];

function namesByFile(tests: readonly MarkedTest[]): readonly string[] {
	return [...Map.groupBy(tests, ({ file }) => file)].map(
		([file, inFile]) =>
			`[${file.slice("test/".length)}](../${file}): ${inFile.map(({ title }) => cell(title)).join("; ")}`,
	);
}

/** A text that neither ends its cell nor begins a tag. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
