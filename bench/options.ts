import { Command, InvalidArgumentError, Option } from "commander";
import { isMode, type Mode, modeNames } from "./modes.ts";

/** Measurements that replace the one of throughput. */
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

/** Receipts of real SMSCs take seconds. A receipt within 50 ms may arrive before its submit is recorded, and costs retries. */
export const receiptDelayMs = 1_000;

const meanings: Readonly<Record<Kind, string>> = {
	priority: "urgent messages beside a flood of bulk",
	cold: "size and load time of each function, and the time of npm start",
	baseline: "the SMSC and the client's server without the gateway, which they must not limit",
	egress: "submits of one process to the SMSC, without reading and recording",
	release: "messages scheduled for one slot: from its time to the last submit",
};

/** @throws CommanderError after it has printed the error. */
export function benchOptions(args: readonly string[]): BenchOptions {
	const program = new Command("npm run bench --").description(
		"Measures the speed and cost of the gateway on this machine.",
	);
	program
		.addOption(
			new Option("--mode <names>", `ways to send messages in: ${modeNames}`)
				.argParser(modeList)
				.default(modeNames, "all of them"),
		)
		.option("--messages <n>", "messages of a run; a quarter of them for single posts", count, 4_000)
		.option("--runs <n>", "runs of each kind, after a warm-up run", count, 3)
		.addOption(
			new Option("--scale <list>", "factors of the number of messages, compared with each other, such as 1,4,16")
				.argParser(countList)
				.default([1], "1"),
		)
		.option("--receipt-delay <ms>", "time from a submit to its receipt", milliseconds, receiptDelayMs)
		.addOption(new Option("--peer <name>", "compare with another gateway").choices(["kannel"]));
	for (const kind of kinds) {
		const others = [...kinds.filter((other) => other !== kind), "peer"];
		program.addOption(new Option(`--${kind}`, `measure instead: ${meanings[kind]}`).conflicts(others));
	}
	program
		.option("--bulk <n>", "with --priority: messages of bulk", count, 100_000)
		.option("--json", "print the runs as JSON")
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
	if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" must be one of ${modeNames}.`);
	return names.filter(isMode);
}
