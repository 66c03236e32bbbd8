import type { HourCounts } from "../../domain/counts/count.ts";
import type { TimeRange } from "../../domain/counts/periods.ts";
import type { CountStore } from "./count-store.ts";

const readsMax = 10;

/** The hours of these accounts in a range, ten accounts at a time. */
export async function readCounts(
	counts: Pick<CountStore, "read">,
	userNames: readonly string[],
	{ from, to }: TimeRange,
): Promise<readonly HourCounts[]> {
	const waiting = [...userNames];
	const hours: HourCounts[] = [];
	async function readInTurn(): Promise<void> {
		for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
			hours.push(...(await counts.read(name, from, to)));
		}
	}
	await Promise.all(Array.from({ length: readsMax }, readInTurn));
	return hours;
}
