#!/usr/bin/env node
import { CommanderError } from "commander";
import { Failure, inOneLine, Misuse } from "./complaints.ts";
import type { Outcome } from "./output.ts";
import { program } from "./program.ts";

/** The operator's command line. */
const misused = 2;

function say({ data, text, exitCode = 0 }: Outcome, json: boolean): void {
	process.stdout.write(`${json ? JSON.stringify(data, null, "\t") : text}\n`);
	process.exitCode = exitCode;
}

try {
	await program(say).parseAsync();
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : misused;
	else {
		process.stderr.write(`smsgw: ${inOneLine(error)}\n`);
		const failed = error instanceof Failure ? error.exitCode : 1;
		process.exitCode = error instanceof Misuse ? misused : failed;
	}
}
