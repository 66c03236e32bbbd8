import { type Command, Option } from "commander";
import type * as z from "zod";
import { Misuse, problemsOf } from "./complaints.ts";
import type { Outcome } from "./output.ts";
import { type Place, placeOf, placeOptions } from "./place.ts";

/** One command, as it is declared in `commands/`. */
export type CommandSpec<Input extends z.ZodObject = z.ZodObject> = {
	/** Its name and arguments, as commander writes them: `add <account> <sender>`. */
	readonly call: string;
	readonly description: string;
	/** Whether it is meant where its group is called without a command. */
	readonly isDefault?: true;
	/** What else its help says. */
	readonly more?: string;
	/** Each as commander writes it, with what it means. */
	readonly options?: readonly (readonly [flags: string, meaning: string])[];
	/** Without the program's name. */
	readonly example: string;
	/** Its arguments and options by their names, in camelCase. */
	readonly input: Input;
	/** What cannot be undone: it is done only with --yes. */
	readonly destroys?: string;
} & (
	| { readonly run: (input: z.output<Input>, place: Place) => Promise<Outcome> }
	/** Of what is only reckoned, by the input alone: it goes nowhere. */
	| { readonly reckon: (input: z.output<Input>) => Outcome }
);

/** Checks a command's declaration against its own input; gives it as one of many. */
export function command<Input extends z.ZodObject>(spec: CommandSpec<Input>): CommandSpec {
	return spec as unknown as CommandSpec;
}

export type Say = (outcome: Outcome, json: boolean) => void;

/** What every command takes. */
const everywhere = [
	new Option("--stage <name>", "the stage to work on, on AWS: as its file in stages/ is called").env("SMSGW_STAGE"),
	new Option("--local", 'work on the house that "npm start" has on this machine'),
	new Option("--json", "say what there is to say as JSON"),
] as const;

/** Gives a program, or a group of commands, the options that all commands have. */
export function withEverywhere(program: Command): Command {
	for (const option of everywhere) program.addOption(option);
	return program;
}

export function addGroup(parent: Command, name: string, description: string): Command {
	return parent.command(name).description(description).helpCommand(false);
}

export function addCommand(parent: Command, spec: CommandSpec, say: Say): void {
	const own = parent.command(spec.call, { isDefault: spec.isDefault ?? false }).description(spec.description);
	for (const [flags, meaning] of spec.options ?? []) own.option(flags, meaning);
	if (spec.destroys !== undefined) own.option("--yes", `it ${spec.destroys}: do so`);
	if (spec.more !== undefined) own.addHelpText("after", `\n${spec.more}`);
	own.addHelpText("after", `\nExample:\n  $ smsgw ${spec.example}`);
	own.action(async (...given: unknown[]) => {
		const global = own.optsWithGlobals();
		const input = inputOf(own, given, spec);
		if (spec.destroys !== undefined && global["yes"] !== true)
			throw new Misuse(`it ${spec.destroys}: say --yes to do so`);
		if (global["local"] === true && own.getOptionValueSourceWithGlobals("stage") === "cli") {
			throw new Misuse("--local or --stage, not both");
		}
		if ("reckon" in spec) return say(spec.reckon(input), global["json"] === true);
		const place = await placeOf(placeOptions.parse(global));
		try {
			say(await spec.run(input, place), global["json"] === true);
		} finally {
			place.dynamo.destroy();
			place.sqs.destroy();
		}
	});
}

/** @throws Misuse that names the arguments and options that are wrong. */
function inputOf(own: Command, given: readonly unknown[], { input }: CommandSpec): Record<string, unknown> {
	const names = own.registeredArguments.map((argument) => argument.name());
	const fromArguments = names.map((name, place) => [camelCase(name), given[place]] as const);
	const all = [...fromArguments, ...Object.entries(own.opts())].filter(([, value]) => value !== undefined);
	const parsed = input.safeParse(Object.fromEntries(all));
	if (parsed.success) return parsed.data;
	const nameOf = ([first]: readonly PropertyKey[]) => {
		const name = kebabCase(String(first ?? ""));
		return names.includes(name) ? `<${name}>` : `--${name}`;
	};
	throw new Misuse(problemsOf(parsed.error, nameOf));
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
