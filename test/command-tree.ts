import type { Command } from "commander";

/** A command that does something, with what leads to it: `accounts webhook set`. */
export type Leaf = { readonly path: string; readonly command: Command };

/** Every command of a program that is no group. */
export function commandsOf(program: Command, before = ""): readonly Leaf[] {
	return program.commands.flatMap((command) => {
		const path = `${before}${command.name()}`;
		return command.commands.length === 0 ? [{ path, command }] : commandsOf(command, `${path} `);
	});
}
