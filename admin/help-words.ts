import type { Command } from "commander";
import { pathOf } from "./command.ts";

/** `help accounts show` and `accounts help` as `accounts show --help` and `accounts --help`. */
export function withHelpOption(root: Command, args: readonly string[]): readonly string[] {
	const words = wordsOf(root, args);
	const before = words.findIndex(({ word }) => word === "help");
	const help = words[before];
	if (help === undefined || groupAt(root, words.slice(0, before)) === null) return args;
	return [...args.toSpliced(help.index, 1), "--help"];
}

/** The error of a group that is called without a command. */
export function missingCommand(root: Command, args: readonly string[]): string {
	const group = groupAt(root, wordsOf(root, args)) ?? root;
	return `${pathOf(group)}: a command is missing: ${group.commands.map((one) => one.name()).join(", ")}`;
}

type Word = { readonly word: string; readonly index: number };

/** The arguments that are neither options nor values of the common options. A group has no others. */
function wordsOf(root: Command, args: readonly string[]): readonly Word[] {
	const valued = root.options.filter(({ required }) => required).map(({ long }) => long);
	return args
		.map((word, index) => ({ word, index }))
		.filter(({ word, index }) => !(word.startsWith("-") || valued.includes(args[index - 1])));
}

/** The group that words lead to; null if they lead to a command, or nowhere. */
function groupAt(root: Command, words: readonly Word[]): Command | null {
	const found = words.reduce<Command | undefined>(
		(group, { word }) => group?.commands.find((one) => one.name() === word),
		root,
	);
	return found !== undefined && found.commands.length > 0 ? found : null;
}
