import { type Command, Option } from "commander";
import type * as z from "zod";
import { allowedText, problemText, shown, UsageError } from "./errors.ts";
import type { CommandOutcome } from "./output.ts";
import { type Target, targetOf, targetOptions } from "./target.ts";

export type CommandSpec<Input extends z.ZodObject = z.ZodObject> = {
	/** Name and arguments in commander's notation: `add <account> <sender>`. */
	readonly call: string;
	readonly description: string;
	/** Runs if the group is called without a command. */
	readonly isDefault?: true;
	readonly notes?: string;
	readonly options?: readonly (readonly [flags: string, meaning: string])[];
	/** Without `smsgw`. */
	readonly example: string;
	/** Arguments and options by name, in camelCase. */
	readonly input: Input;
	/** The effect that cannot be undone, with a verb first. The command then requires --yes. */
	readonly irreversible?: string;
} & (
	| { readonly run: (input: z.output<Input>, target: Target, print: PrintResult) => Promise<CommandOutcome> }
	/** Works from its input alone, without a target. */
	| { readonly calculate: (input: z.output<Input>) => CommandOutcome | Promise<CommandOutcome> }
);

/** Type-checks a declaration against its own input schema. */
export function command<Input extends z.ZodObject>(spec: CommandSpec<Input>): CommandSpec {
	return spec as unknown as CommandSpec;
}

/** Prints a result while the command runs. */
type PrintResult = (outcome: CommandOutcome) => void;

export type PrintOutput = (outcome: CommandOutcome, json: boolean) => void;

const commonOptions = [
	new Option("--stage <name>", "the stage on AWS, named as its file in stages/").env("SMSGW_STAGE"),
	new Option("--local", 'the local stack that "npm start" runs on this machine'),
	new Option("--json", "print the result as JSON"),
] as const;

export function withCommonOptions(program: Command): Command {
	for (const option of commonOptions) program.addOption(option);
	return program;
}

export function addGroup(parent: Command, name: string, description: string): Command {
	return parent.command(name).description(description).helpCommand(false);
}

export function addCommand(parent: Command, spec: CommandSpec, printOutput: PrintOutput): void {
	const subcommand = parent.command(spec.call, { isDefault: spec.isDefault ?? false }).description(spec.description);
	/* Of a default command, `action` below checks this: the word may be a misspelt command. */
	if (spec.isDefault) subcommand.allowExcessArguments();
	for (const [flags, meaning] of spec.options ?? []) subcommand.option(flags, meaning);
	if (spec.irreversible !== undefined) subcommand.option("--yes", `confirm: the command ${spec.irreversible}`);
	if (spec.notes !== undefined) subcommand.addHelpText("after", `\n${spec.notes}`);
	subcommand.addHelpText("after", `\nExample:\n  $ smsgw ${spec.example}`);
	subcommand.action(async (...actionArguments: unknown[]) => {
		const excess = subcommand.args[subcommand.registeredArguments.length];
		if (excess !== undefined) throw new UsageError(unknownWord(subcommand.args[0] ?? excess, excess, parent));
		const global = subcommand.optsWithGlobals();
		const input = inputOf(subcommand, actionArguments, spec);
		if (spec.irreversible !== undefined && global["yes"] !== true)
			throw new UsageError(`this command ${spec.irreversible}: add --yes to confirm`);
		if (global["local"] === true && subcommand.getOptionValueSourceWithGlobals("stage") === "cli") {
			throw new UsageError("give --local or --stage, not both");
		}
		const print: PrintResult = (outcome) => printOutput(outcome, global["json"] === true);
		if ("calculate" in spec) return print(await spec.calculate(input));
		const target = await targetOf(targetOptions.parse(global));
		try {
			print(await spec.run(input, target, print));
		} finally {
			target.dynamo.destroy();
			target.sqs.destroy();
		}
	});
}

function unknownWord(first: string, excess: string, group: Command): string {
	const names = group.commands.map((one) => one.name());
	const word = names.includes(first) ? excess : first;
	return `"${shown(word)}" is neither a command nor an argument here; the commands are ${names.join(", ")}`;
}

/** @throws UsageError with each wrong argument and option. */
function inputOf(
	subcommand: Command,
	actionArguments: readonly unknown[],
	{ input }: CommandSpec,
): Record<string, unknown> {
	const names = subcommand.registeredArguments.map((argument) => argument.name());
	const fromArguments = names.map((name, index) => [camelCase(name), actionArguments[index]] as const);
	const all = [...fromArguments, ...Object.entries(subcommand.opts())].filter(([, value]) => value !== undefined);
	const given = Object.fromEntries(all);
	const parsed = input.safeParse(given, { error: allowedText });
	if (parsed.success) return parsed.data;
	const flagOf = (key: PropertyKey) => {
		const name = kebabCase(String(key));
		return names.includes(name) ? `<${name}>` : `--${name}`;
	};
	throw new UsageError(parsed.error.issues.map((issue) => problemText(issue, given, flagOf)).join("; "));
}

/** The command with its groups: `smsgw accounts show`. */
export function pathOf(command: Command): string {
	return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
