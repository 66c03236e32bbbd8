import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type CallCounts = {
	/** By operation, such as `BatchGetItem`. */
	readonly calls: Record<string, number>;
	/** DynamoDB's units: a write of up to 1 KB, a strongly consistent read of up to 4 KB. */
	readonly writeUnits: number;
	readonly readUnits: number;
	readonly invocations: number;
};

/** The folder in which the threads of the gateway write their counts. */
export function countsFolder(starterPid: number): string {
	return join(tmpdir(), `smsgw-bench-${starterPid}`);
}

export const noCallCounts: CallCounts = { calls: {}, writeUnits: 0, readUnits: 0, invocations: 0 };

/** The sum of all threads, at most half a second old. */
export function readCallCounts(): CallCounts {
	const folder = countsFolder(process.pid);
	const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CallCounts);
	return files.reduce(plus, noCallCounts);
}

export function clearCallCounts(): void {
	rmSync(countsFolder(process.pid), { recursive: true, force: true });
}

function plus(one: CallCounts, other: CallCounts): CallCounts {
	const names = new Set([...Object.keys(one.calls), ...Object.keys(other.calls)]);
	return {
		calls: Object.fromEntries([...names].map((name) => [name, (one.calls[name] ?? 0) + (other.calls[name] ?? 0)])),
		writeUnits: one.writeUnits + other.writeUnits,
		readUnits: one.readUnits + other.readUnits,
		invocations: one.invocations + other.invocations,
	};
}

/** The difference of two readings, without long polls, which do not depend on messages. */
export function callsBetween(before: CallCounts, after: CallCounts): CallCounts {
	const names = Object.keys(after.calls).filter((name) => name !== "ReceiveMessage");
	return {
		calls: Object.fromEntries(names.map((name) => [name, (after.calls[name] ?? 0) - (before.calls[name] ?? 0)])),
		writeUnits: after.writeUnits - before.writeUnits,
		readUnits: after.readUnits - before.readUnits,
		invocations: after.invocations - before.invocations,
	};
}
