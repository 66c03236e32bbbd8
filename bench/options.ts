import { Command, InvalidArgumentError, Option } from "commander";
import { isMode, type Mode, modeNames } from "./modes.ts";

/** What is measured: at most one of these in the place of the gateway's throughput. */
export const kinds = ["priority", "cold", "baseline", "egress", "release"] as const;
export type Kind = (typeof kinds)[number];

export type BenchOptions = {
	readonly mode: readonly Mode[];
	readonly messages: number;
	readonly runs: number;
	readonly scale: readonly number[];
	readonly receiptDelay: number;
	readonly bulk: number;
	readonly peer?: "kannel";
	readonly json?: true;
} & { readonly [One in Kind]?: true };

/**
 * Receipts of real SMSCs take seconds. Within 50 ms, say, a busy machine has not yet written down the submit, which is then looked for again
 * and again: work that no real network makes.
 */
export const receiptDelayMs = 1_000;

const meanings: Readonly<Record<Kind, string>> = {
	priority: "urgent messages beside a flood of bulk",
	cold: "each function's bundle and how long it loads, and npm start to ready",
	baseline: "the SMSC and the client's server without the gateway, which they must not hold back",
	egress: "submits of one process to the SMSC, its messages from memory and nothing written down",
	release: "messages parked for one slot: from its instant to the last submit",
};

/** @throws CommanderError, after it has said what is wrong. */
export function benchOptions(args: readonly string[]): BenchOptions {
	const program = new Command("npm run bench --").description("How fast and how cheap the gateway is on this machine.");
	program
		.addOption(
			new Option("--mode <names>", `which ways in: ${modeNames}`).argParser(modeList).default(modeNames, "all of them"),
		)
		.option("--messages <n>", "messages of a run; single posts a quarter of it", count, 4_000)
		.option("--runs <n>", "runs of each kind, after one that warms up", count, 3)
		.addOption(
			new Option("--scale <list>", "each mode at so many times the messages, side by side, such as 1,4,16")
				.argParser(countList)
				.default([1], "1"),
		)
		.option("--receipt-delay <ms>", "from a submit to its receipt", milliseconds, receiptDelayMs)
		.addOption(new Option("--peer <name>", "another gateway on the same work, beside ours").choices(["kannel"]));
	for (const kind of kinds) {
		const others = [...kinds.filter((other) => other !== kind), "peer"];
		program.addOption(new Option(`--${kind}`, `in their place: ${meanings[kind]}`).conflicts(others));
	}
	program
		.option("--bulk <n>", "with --priority: how much of it", count, 100_000)
		.option("--json", "the runs as JSON, for machines")
		.exitOverride()
		.parse(args, { from: "user" });
	return program.opts<BenchOptions>();
}

function milliseconds(written: string): number {
	if (!/^\d{1,9}$/.test(written)) throw new InvalidArgumentError("It must be a whole number.");
	return Number(written);
}

function count(written: string): number {
	if (!/^[1-9]\d{0,8}$/.test(written)) throw new InvalidArgumentError("It must be a whole number, 1 or more.");
	return Number(written);
}

const countList = (written: string) => written.split(",").map(count);

function modeList(written: string): readonly Mode[] {
	const names = written.split(",");
	const unknown = names.find((name) => !isMode(name));
	if (unknown !== undefined) throw new InvalidArgumentError(`${unknown} is none of ${modeNames}.`);
	return names.filter(isMode);
}
