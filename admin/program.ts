import { Command } from "commander";
import { addCommand, addGroup, type CommandSpec, type Say, withEverywhere } from "./command.ts";
import { laneCommands } from "./commands/lanes.ts";

/** Commands, or groups of commands, by their place in the tree. */
type Branch = {
	readonly name: string;
	readonly description: string;
	readonly commands: readonly CommandSpec[];
	readonly branches?: readonly Branch[];
};

const tree: readonly Branch[] = [
	{
		name: "lanes",
		description: "the lanes: where messages wait for an operator's binds",
		commands: laneCommands,
	},
];

/**
 * The whole command line. Its commands throw what is wrong with how they were called, and why they could not do it.
 * @param say told what a command has to say.
 */
export function program(say: Say): Command {
	const root = withEverywhere(new Command("smsgw"))
		.description("Works on an SMS gateway: its accounts, numbers, lanes, reports and operators.")
		.configureHelp({ showGlobalOptions: true, sortSubcommands: false })
		.configureOutput({ outputError: (text, write) => write(inOneLine(text)) })
		.helpCommand(false)
		.exitOverride();
	root.addHelpText(
		"after",
		`
On AWS, region and credentials are the SDK's own variables: AWS_REGION, AWS_PROFILE, ….
Exit codes: 0 it was done, 1 it could not be done, 2 it was called wrongly and nothing was done.

Example:
  $ smsgw --local lanes list`,
	);
	for (const branch of tree) grow(root, branch, say);
	return root;
}

function grow(parent: Command, { name, description, commands, branches = [] }: Branch, say: Say): void {
	const group = addGroup(parent, name, description);
	for (const spec of commands) addCommand(group, spec, say);
	for (const branch of branches) grow(group, branch, say);
}

const inOneLine = (text: string) =>
	`smsgw: ${text
		.trim()
		.replace(/^error: /, "")
		.replaceAll(/\s*\n\s*/g, " ")}\n`;
