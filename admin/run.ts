import { CommanderError } from "commander";
import { pathOf } from "./command.ts";
import { CommandError, inOneLine, UsageError } from "./errors.ts";
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
	try {
		const root = program(printOutput, err).hook("preAction", (_, command) => {
			path = pathOf(command);
		});
		await root.parseAsync(args, { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
		err(`${path}: ${inOneLine(error)}\n`);
		if (error instanceof UsageError) return usageExitCode;
		return error instanceof CommandError ? error.exitCode : 1;
	}
}
