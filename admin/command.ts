import { type Command, Option } from "commander";
import type * as z from "zod";
import { problemText, UsageError } from "./errors.ts";
import type { Outcome } from "./output.ts";
import { type Target, targetOf, targetOptions } from "./target.ts";

/** One command, as it is declared in `commands/`. */
export type CommandSpec<Input extends z.ZodObject = z.ZodObject> = {
	/** Its name and arguments, as commander writes them: `add <account> <sender>`. */
	readonly call: string;
	readonly description: string;
	/** Whether it is meant where its group is called without a command. */
	readonly isDefault?: true;
	/** What else its help says. */
	readonly notes?: string;
	/** Each as commander writes it, with what it means. */
	readonly options?: readonly (readonly [flags: string, meaning: string])[];
	/** Without the program's name. */
	readonly example: string;
	/** Its arguments and options by their names, in camelCase. */
	readonly input: Input;
	/** What cannot be undone: it is done only with --yes. */
	readonly irreversible?: string;
} & (
	| { readonly run: (input: z.output<Input>, target: Target) => Promise<Outcome> }
	/** Of what is only reckoned, by the input alone: it goes nowhere. */
	| { readonly calculate: (input: z.output<Input>) => Outcome }
);

/** Checks a command's declaration against its own input; gives it as one of many. */
export function command<Input extends z.ZodObject>(spec: CommandSpec<Input>): CommandSpec {
	return spec as unknown as CommandSpec;
}

export type PrintOutput = (outcome: Outcome, json: boolean) => void;

/** What every command takes. */
const commonOptions = [
	new Option("--stage <name>", "the stage to work on, on AWS: as its file in stages/ is called").env("SMSGW_STAGE"),
	new Option("--local", 'work on the local stack that "npm start" has on this machine'),
	new Option("--json", "say what there is to say as JSON"),
] as const;

/** Gives a program, or a group of commands, the options that all commands have. */
export function withCommonOptions(program: Command): Command {
	for (const option of commonOptions) program.addOption(option);
	return program;
}

export function addGroup(parent: Command, name: string, description: string): Command {
	return parent.command(name).description(description).helpCommand(false);
}

export function addCommand(parent: Command, spec: CommandSpec, printOutput: PrintOutput): void {
	const subcommand = parent.command(spec.call, { isDefault: spec.isDefault ?? false }).description(spec.description);
	for (const [flags, meaning] of spec.options ?? []) subcommand.option(flags, meaning);
	if (spec.irreversible !== undefined) subcommand.option("--yes", `it ${spec.irreversible}: do so`);
	if (spec.notes !== undefined) subcommand.addHelpText("after", `\n${spec.notes}`);
	subcommand.addHelpText("after", `\nExample:\n  $ smsgw ${spec.example}`);
	subcommand.action(async (...actionArguments: unknown[]) => {
		const global = subcommand.optsWithGlobals();
		const input = inputOf(subcommand, actionArguments, spec);
		if (spec.irreversible !== undefined && global["yes"] !== true)
			throw new UsageError(`it ${spec.irreversible}: say --yes to do so`);
		if (global["local"] === true && subcommand.getOptionValueSourceWithGlobals("stage") === "cli") {
			throw new UsageError("--local or --stage, not both");
		}
		if ("calculate" in spec) return printOutput(spec.calculate(input), global["json"] === true);
		const target = await targetOf(targetOptions.parse(global));
		try {
			printOutput(await spec.run(input, target), global["json"] === true);
		} finally {
			target.dynamo.destroy();
			target.sqs.destroy();
		}
	});
}

/** @throws UsageError that names the arguments and options that are wrong. */
function inputOf(
	subcommand: Command,
	actionArguments: readonly unknown[],
	{ input }: CommandSpec,
): Record<string, unknown> {
	const names = subcommand.registeredArguments.map((argument) => argument.name());
	const fromArguments = names.map((name, index) => [camelCase(name), actionArguments[index]] as const);
	const all = [...fromArguments, ...Object.entries(subcommand.opts())].filter(([, value]) => value !== undefined);
	const parsed = input.safeParse(Object.fromEntries(all));
	if (parsed.success) return parsed.data;
	const flagOf = ([first]: readonly PropertyKey[]) => {
		const name = kebabCase(String(first ?? ""));
		return names.includes(name) ? `<${name}>` : `--${name}`;
	};
	throw new UsageError(problemText(parsed.error, flagOf));
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
