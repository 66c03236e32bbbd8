import { lookAtLanes, readLaneNotes } from "../commands/lanes.ts";
import { readOperatorRows } from "../commands/operators.ts";
import type { Target } from "../target.ts";
import { type LanesLook, lanesTable } from "../views/lanes-table.ts";

/** The rate of a lane is measured over so many looks. */
const looksKept = 10;

/** The operators, and the lanes by this look and the ones before: one alone has no rates. */
export async function readTraffic(target: Target, before: readonly LanesLook[] = []) {
	const [operators, notes, look] = await Promise.all([
		readOperatorRows(target),
		readLaneNotes(target),
		lookAtLanes(target),
	]);
	const looks = [...before, look].slice(-looksKept) as [LanesLook, ...LanesLook[]];
	return { looks, traffic: { operators, lanes: lanesTable(looks, notes) } };
}

/** Each call looks again. */
export function trafficReader(target: Target) {
	let looks: readonly LanesLook[] = [];
	return async () => {
		const read = await readTraffic(target, looks);
		looks = read.looks;
		return read.traffic;
	};
}
