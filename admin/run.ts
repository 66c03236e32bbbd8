import { CommanderError } from "commander";
import { pathOf } from "./command.ts";
import { CommandError, inOneLine, UsageError, withShownWords } from "./errors.ts";
import { missingCommand, withHelpOption } from "./help-words.ts";
import type { CommandOutcome } from "./output.ts";
import { program } from "./program.ts";

/** Each receives whole lines. */
export type Streams = { readonly out: (text: string) => void; readonly err: (text: string) => void };

const usageExitCode = 2;

/**
 * Runs one command line.
 * @param args without the program's name.
 * @returns the exit code.
 */
export async function runCommandLine(args: readonly string[], { out, err }: Streams): Promise<number> {
	let code = 0;
	let path = "smsgw";
	const printOutput = ({ data, text, exitCode = 0 }: CommandOutcome, json: boolean) => {
		out(`${json ? JSON.stringify(data, null, "\t") : text}\n`);
		code = exitCode;
	};
	const root = program(printOutput, err).hook("preAction", (_, command) => {
		path = pathOf(command);
	});
	try {
		await root.parseAsync(args.length === 0 ? ["--help"] : withHelpOption(root, args), { from: "user" });
		return code;
	} catch (error) {
		/* Commander has printed its own errors, but not that a group has no command. */
		if (!(error instanceof CommanderError)) err(`${path}: ${withShownWords(inOneLine(error), args)}\n`);
		else if (error.code === "commander.help") err(`${missingCommand(root, args)}\n`);
		return exitCodeOf(error);
	}
}

function exitCodeOf(error: unknown): number {
	if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
	if (error instanceof UsageError) return usageExitCode;
	return error instanceof CommandError ? error.exitCode : 1;
}
