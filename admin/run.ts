import { CommanderError } from "commander";
import { Failure, inOneLine, Misuse } from "./complaints.ts";
import type { Outcome } from "./output.ts";
import { program } from "./program.ts";

/** Where what is said goes, a line at a time, with its end. */
export type Streams = { readonly out: (text: string) => void; readonly err: (text: string) => void };

const misused = 2;

/**
 * Does what one command line says.
 * @param args without the program's name.
 * @returns the exit code.
 */
export async function runCommandLine(args: readonly string[], { out, err }: Streams): Promise<number> {
	let code = 0;
	const say = ({ data, text, exitCode = 0 }: Outcome, json: boolean) => {
		out(`${json ? JSON.stringify(data, null, "\t") : text}\n`);
		code = exitCode;
	};
	try {
		await program(say, err).parseAsync(args, { from: "user" });
		return code;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : misused;
		err(`smsgw: ${inOneLine(error)}\n`);
		if (error instanceof Misuse) return misused;
		return error instanceof Failure ? error.exitCode : 1;
	}
}
