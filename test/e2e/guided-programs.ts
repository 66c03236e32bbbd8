import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "#infra/entries.ts";
import { clients } from "./samples.ts";

/** A program of a guide: its file, its text, and the command that stands above it. */
type GuidedProgram = { readonly file: string; readonly code: string; readonly command: string };

const pageOf = (name: string) => readFileSync(join(root, "docs/clients/en", name), "utf8");

function programOf(page: string, language: string): GuidedProgram {
	const [, section = ""] = page.split(`<details><summary>${language}: `);
	const [, file = "", command = "", code = ""] =
		/^(\S+)<\/summary>.*?^```sh\n(.*?)\n```.*?^```\w+\n(.*?)^```/ms.exec(section) ?? [];
	return { file, code, command };
}

/** What a newcomer copies from the guides, by language. The blocks of all translations are the same. */
export function guidedPrograms() {
	const [first, reports] = [pageOf("first-message.md"), pageOf("reports.md")];
	const settings = [...`${first}${reports}`.matchAll(/^export (.+)$/gm)].flatMap(([, words = ""]) =>
		words.split(" ").map((word) => word.split("=") as [string, string]),
	);
	const [listen = "", trigger = ""] = [...reports.matchAll(/^\.\/smsgw (.+)$/gm)].map(([, words = ""]) => words);
	return clients
		.filter(({ name }) => name !== "curl")
		.map(({ name, needs }) => ({
			...{ name, needs, listen, trigger },
			settings: Object.fromEntries(settings),
			send: programOf(first, name),
			serve: programOf(reports, name),
		}));
}
