import type { Command } from "commander";

/** A command without subcommands, with its full path such as `accounts webhook set`. */
export type Leaf = { readonly path: string; readonly command: Command };

export function commandsOf(program: Command, before = ""): readonly Leaf[] {
	return program.commands.flatMap((command) => {
		const path = `${before}${command.name()}`;
		return command.commands.length === 0 ? [{ path, command }] : commandsOf(command, `${path} `);
	});
}
