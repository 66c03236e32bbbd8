import { availableParallelism } from "node:os";
import type { FailureKind } from "./checks/failures.ts";
import type { HistoryResult } from "./run-history.ts";
import { openWorkers } from "./workers.ts";

export type SeedRange = {
	readonly from: number;
	readonly to: number;
	/** If given, only these kinds of fault may occur. */
	readonly only?: readonly string[] | undefined;
	/** Whether the stage is lost and restored in each history. */
	readonly isLost?: boolean;
};

/** The combined results of a range of seeds. */
export type Summary = {
	readonly seeds: number;
	readonly messages: number;
	readonly deaths: number;
	readonly copies: number;
	readonly copiesMax: number;
	readonly failures: Readonly<Record<FailureKind, number>>;
	/** Messages that were given up, each with its causes. */
	readonly givenUp: readonly string[];
	/** The seeds that failed. */
	readonly failed: readonly HistoryResult[];
	/** Pairs of fault and write step that could have occurred but never did. */
	readonly missedPairs: readonly string[];
};

/** Runs seeds on all cores. @param onResult is called with each result, in any order. */
export async function runSeeds(
	{ from, to, only, isLost = false }: SeedRange,
	onResult: (result: HistoryResult) => void = () => undefined,
): Promise<Summary> {
	const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);
	const workers = await openWorkers(Math.min(availableParallelism(), seeds.length));
	const sums = { messages: 0, deaths: 0, copies: 0, copiesMax: 0 };
	const failures: Record<FailureKind, number> = {
		lost: 0,
		stuck: 0,
		unreported: 0,
		copies: 0,
		binds: 0,
		quota: 0,
		answer: 0,
		holder: 0,
		status: 0,
		sending: 0,
		agreement: 0,
		counts: 0,
		crash: 0,
	};
	const failed: HistoryResult[] = [];
	const givenUp: string[] = [];
	const [met, possible] = [new Set<string>(), new Set<string>()];
	try {
		await Promise.all(
			seeds.map(async (seed) => {
				const result = await workers.run({ kind: "seed", seed, isTraced: false, only, isLost });
				for (const key of ["messages", "deaths", "copies", "copiesMax"] as const) sums[key] += result[key];
				for (const { kind } of result.failures) failures[kind] += 1;
				for (const pair of result.pairs) met.add(pair);
				for (const pair of result.possiblePairs) possible.add(pair);
				if (result.failures.length > 0) failed.push(result);
				givenUp.push(...result.givenUp.map((text) => `seed ${seed}: ${text}`));
				onResult(result);
			}),
		);
	} finally {
		workers.close();
	}
	const missedPairs = [...possible].filter((pair) => !met.has(pair)).sort();
	failed.sort((one, other) => one.seed - other.seed);
	return { seeds: seeds.length, ...sums, failures, givenUp, failed, missedPairs };
}

/** The last line printed for a range of seeds. */
export function summaryLine({ seeds, messages, deaths, copies, copiesMax, failures }: Summary): string {
	const { lost, stuck, unreported, ...others } = failures;
	const wrong = Object.entries(others).filter(([, count]) => count > 0);
	const rest =
		wrong.length === 0 ? "" : `; failed checks: ${wrong.map(([kind, count]) => `${count} ${kind}`).join(", ")}`;
	return `${seeds} seeds, ${messages} messages, ${deaths} deaths: ${lost} lost, ${stuck} stuck, ${unreported} unreported, ${copies} copies (bound ${copiesMax})${rest}`;
}
