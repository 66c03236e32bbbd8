import type { Count } from "#shared/domain/counts/count.ts";
import { cellName, summed } from "#shared/domain/counts/count.ts";
import { countsOf } from "#shared/domain/counts/message-counts.ts";
import type { Failures } from "./failures.ts";
import type { MessageMirror } from "./message-mirror.ts";

type Deps = {
	readonly mirror: MessageMirror;
	readonly failures: Failures;
	/** The counts of the table. */
	readonly counted: readonly Count[];
	/** Deaths of processes, and failed writes of counts: what each may have lost. */
	readonly losses: number;
};

/** What a process may lose of an account when it dies, and a write when it fails (ADR 0115). */
const lostMax = 199;

/** Counted by the rows. Reports and subscribers' messages are not in the rows of messages. */
const isOfRows = ({ measure }: Count) => measure !== "accepted" && measure !== "reported" && measure !== "incoming";

/**
 * The counts agree with the rows; after deaths and failed writes they lack at most what was in memory. A message that the
 * table lacks was lost with it, or never promised. Two processes that write the same end at once both count it.
 */
export function checkCounts({ mirror, failures, counted, losses }: Deps): void {
	const rows = [...mirror.rows()];
	const expected = new Map(summed(rows.flatMap(countsOf)).map((count) => [cellName(count), count]));
	const actual = new Map(summed(counted.filter(isOfRows)).map((count) => [cellName(count), count]));
	for (const name of new Set([...expected.keys(), ...actual.keys()])) {
		const missing = (expected.get(name)?.messages ?? 0) - (actual.get(name)?.messages ?? 0);
		if (missing > lostMax * losses || (losses === 0 && missing < 0))
			failures.add("counts", `${name}: the rows have ${missing} more than the counts, after ${losses} losses`);
	}
}
