import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#infra/entries.ts";
import { tables } from "./tables.ts";
import { type Language, languages, type Words } from "./words.ts";
import { en } from "./words-en.ts";
import { kk } from "./words-kk.ts";
import { ru } from "./words-ru.ts";

const wordsOf: Readonly<Record<Language, Words>> = { en, ru, kk };

export type GuidePage = {
	readonly language: Language;
	readonly name: string;
	readonly file: string;
	readonly text: string;
};

/** The guides for those who write clients, as they are on the disk. */
export function guidePages(): readonly GuidePage[] {
	return languages.flatMap((language) => {
		const folder = join(root, "docs/clients", language);
		return readdirSync(folder)
			.filter((name) => name.endsWith(".md"))
			.map((name) => ({
				language,
				name,
				file: join("docs/clients", language, name),
				text: readFileSync(join(folder, name), "utf8"),
			}));
	});
}

const fences: Readonly<Record<string, string>> = {
	php: "php",
	py: "python",
	java: "java",
	mjs: "js",
	pl: "perl",
	sh: "sh",
};

function sample(name: string): string {
	const fence = fences[name.slice(name.lastIndexOf(".") + 1)] ?? "";
	return `\`\`\`${fence}\n${readFileSync(join(root, "samples", name), "utf8")}\`\`\``;
}

/** A page with its tables made anew from the code, and its samples from their files. */
export function withTables({ language, file, text }: GuidePage): string {
	const withSamples = text.replaceAll(
		/<!-- sample ([\w.]+) -->\n.*?<!-- end -->/gs,
		(_, name: string) => `<!-- sample ${name} -->\n\n${sample(name)}\n\n<!-- end -->`,
	);
	return withSamples.replaceAll(/<!-- table ([a-z-]+) -->\n.*?<!-- end -->/gs, (_, name: string) => {
		const table = tables[name];
		if (table === undefined) throw new Error(`${file}: there is no table ${name}`);
		return `<!-- table ${name} -->\n\n${table(wordsOf[language])}\n\n<!-- end -->`;
	});
}
