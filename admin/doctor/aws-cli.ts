import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CommandError } from "../errors.ts";

/** Calls AWS in the stage's region and gives the parsed answer. @throws CommandError in one line. */
export type AwsCli = (...words: readonly string[]) => Promise<unknown>;

const timeLimitMs = 30_000;
const run = promisify(execFile);

/** By the command line of AWS, which has a client of every service. A deployment needs it anyway. */
export function awsCli(region: string): AwsCli {
	return async (...words) => {
		try {
			const { stdout } = await run("aws", [...words, "--region", region, "--output", "json"], { timeout: timeLimitMs });
			return JSON.parse(stdout || "{}");
		} catch (error) {
			const { code, stderr = "", killed } = error as { code?: unknown; stderr?: string; killed?: boolean };
			const call = `aws ${words.slice(0, 2).join(" ")}`;
			if (code === "ENOENT") throw new CommandError("the command line of AWS is not installed", { cause: error });
			if (killed) throw new CommandError(`${call}: no answer in ${timeLimitMs / 1_000} s`, { cause: error });
			throw new CommandError(`${call}: ${stderr.trim().split("\n").at(-1) ?? "failed"}`, { cause: error });
		}
	};
}
