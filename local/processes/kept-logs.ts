import { openSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { openOwnFolder } from "./own-folder.ts";

/** Logs of earlier runs that are kept, in all below so many octets; the newest of them whatever its size. */
const runsMax = 4;
const octetsMax = 500_000_000;

export type KeptLog = { readonly path: string; readonly fd: number };

/**
 * Opens the log of a run in a folder that keeps those of the last runs. A log that a running local stack writes is among
 * the newest, since its metrics are written every half minute.
 * @throws Error of one line if another user can write in the folder, or in the one above.
 */
export function openKeptLog(folder: string, now: number, pid: number): KeptLog {
	openOwnFolder(dirname(folder));
	openOwnFolder(folder);
	deleteOldLogs(folder);
	const second = new Date(now).toISOString().slice(0, 19).replaceAll(":", "-");
	const path = join(folder, `${second}-${pid}.log`);
	return { path, fd: openSync(path, "a", 0o600) };
}

function deleteOldLogs(folder: string): void {
	const logs = readdirSync(folder)
		.filter((name) => name.endsWith(".log"))
		.flatMap((name) => {
			const path = join(folder, name);
			const found = statSync(path, { throwIfNoEntry: false });
			return found === undefined ? [] : [{ path, at: found.mtimeMs, octets: found.size }];
		})
		.toSorted((one, other) => other.at - one.at);
	let octets = 0;
	for (const [index, log] of logs.entries()) {
		octets += log.octets;
		/* The newest is of the run that has just ended, or of one that still runs. */
		const isExcess = index >= runsMax || octets > octetsMax;
		if (index > 0 && isExcess) rmSync(log.path, { force: true });
	}
}
