import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the gateway's threads asked of AWS. */
export type CallCounts = {
	/** By operation, such as `BatchGetItem`. */
	readonly calls: Record<string, number>;
	/** Of DynamoDB: a write of up to 1 KB, a strongly consistent read of up to 4 KB. */
	readonly writeUnits: number;
	readonly readUnits: number;
	/** Of functions. */
	readonly invocations: number;
};

/** Where the threads of the gateway that this process started write what they counted. */
export function countsFolder(starterPid: number): string {
	return join(tmpdir(), `smsgw-bench-${starterPid}`);
}

export const noCallCounts: CallCounts = { calls: {}, writeUnits: 0, readUnits: 0, invocations: 0 };

/** What all threads counted so far: at most half a second old. */
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

/** What came between two readings. Long polls are left out: they are made whether messages come or not. */
export function callsBetween(before: CallCounts, after: CallCounts): CallCounts {
	const names = Object.keys(after.calls).filter((name) => name !== "ReceiveMessage");
	return {
		calls: Object.fromEntries(names.map((name) => [name, (after.calls[name] ?? 0) - (before.calls[name] ?? 0)])),
		writeUnits: after.writeUnits - before.writeUnits,
		readUnits: after.readUnits - before.readUnits,
		invocations: after.invocations - before.invocations,
	};
}
