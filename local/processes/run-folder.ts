import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder of a run, with one log for all its processes. */
export type RunFolder = {
	readonly logFile: string;
	readonly logFd: number;
	/** Writes a JSON line of the supervisor. */
	note(event: string, fields?: object): void;
	/** Deletes the folder unless `keep`. */
	close(keep: boolean): void;
};

export function openRunFolder(): RunFolder {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-"));
	const logFile = join(folder, "local-stack.log");
	const logFd = openSync(logFile, "a");
	let open = true;
	return {
		logFile,
		logFd,
		note: (event, fields = {}) => {
			const line = JSON.stringify({ time: new Date().toISOString(), part: "local-stack", event, ...fields });
			if (open) writeSync(logFd, `${line}\n`);
		},
		close: (keep) => {
			if (!open) return;
			open = false;
			closeSync(logFd);
			if (!keep) rmSync(folder, { recursive: true, force: true });
		},
	};
}
