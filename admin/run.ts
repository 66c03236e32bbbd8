import { CommanderError } from "commander";
import { CommandError, inOneLine, UsageError } from "./errors.ts";
import type { Outcome } from "./output.ts";
import { program } from "./program.ts";

/** Where what is said goes, a line at a time, with its end. */
export type Streams = { readonly out: (text: string) => void; readonly err: (text: string) => void };

const usageExitCode = 2;

/**
 * Does what one command line says.
 * @param args without the program's name.
 * @returns the exit code.
 */
export async function runCommandLine(args: readonly string[], { out, err }: Streams): Promise<number> {
	let code = 0;
	const printOutput = ({ data, text, exitCode = 0 }: Outcome, json: boolean) => {
		out(`${json ? JSON.stringify(data, null, "\t") : text}\n`);
		code = exitCode;
	};
	try {
		await program(printOutput, err).parseAsync(args, { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
		err(`smsgw: ${inOneLine(error)}\n`);
		if (error instanceof UsageError) return usageExitCode;
		return error instanceof CommandError ? error.exitCode : 1;
	}
}
