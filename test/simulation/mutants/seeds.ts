import type { SeedRange } from "../run-seeds.ts";
import type { Task } from "../worker.ts";
import { faultKinds, historySettings } from "../world/settings.ts";

/** Seeds whose histories last days come last. */
export function cheapFirst({ from, to }: SeedRange): readonly number[] {
	const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);
	return seeds.sort((one, other) => Number(historySettings(one).isLong) - Number(historySettings(other).isLong));
}

/** Without these faults hardly any copy is excused. */
const rareFaults: ReadonlySet<string> = new Set([
	...["task-kill", "task-freeze", "death-before", "death-after-effect", "freeze-after-effect", "sqs-duplicate"],
]);
const commonFaults = faultKinds.filter((kind) => !rareFaults.has(kind));

/** Every other seed runs a history in which copies are not excused. */
export function taskOf(seed: number): Task & { readonly kind: "seed" } {
	return { kind: "seed", seed, isTraced: false, only: seed % 2 === 0 ? commonFaults : undefined };
}
