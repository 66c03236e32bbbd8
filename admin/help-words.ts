import type { Command } from "commander";
import { pathOf } from "./command.ts";

/** `help accounts show` and `accounts help` as `accounts show --help` and `accounts --help`. */
export function withHelpOption(root: Command, args: readonly string[]): readonly string[] {
	const at = args.indexOf("help");
	if (at < 0 || groupAt(root, args.slice(0, at)) === null) return args;
	return [...args.filter((_, index) => index !== at), "--help"];
}

/** The error of a group that is called without a command. */
export function missingCommand(root: Command, args: readonly string[]): string {
	const group =
		groupAt(
			root,
			args.filter((word) => !word.startsWith("-")),
		) ?? root;
	return `${pathOf(group)}: a command is missing: ${group.commands.map((one) => one.name()).join(", ")}`;
}

/** The group that words lead to; null if they lead to a command, or nowhere. */
function groupAt(root: Command, words: readonly string[]): Command | null {
	const found = words.reduce<Command | undefined>(
		(group, word) => group?.commands.find((one) => one.name() === word),
		root,
	);
	return found !== undefined && found.commands.length > 0 ? found : null;
}
