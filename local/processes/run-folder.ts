import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFolder, openKeptFolder, openTemporaryFolder } from "./data-folder.ts";

export type RunFolder = {
	readonly logFile: string;
	readonly logFd: number;
	readonly data: DataFolder;
	note(event: string, fields?: object): void;
	/** @param keep whether the log is kept. */
	close(keep: boolean): void;
};

/** @param dataPath a folder for data that outlives this run; without, data is temporary. */
export function openRunFolder(dataPath: string | undefined): RunFolder {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-"));
	const data = dataPath === undefined ? openTemporaryFolder(join(folder, "data")) : openKeptFolder(dataPath);
	const logFile = join(folder, "local-stack.log");
	const logFd = openSync(logFile, "a");
	let open = true;
	return {
		logFile,
		logFd,
		data,
		note: (event, fields = {}) => {
			const line = JSON.stringify({ time: new Date().toISOString(), part: "local-stack", event, ...fields });
			if (open) writeSync(logFd, `${line}\n`);
		},
		close: (keep) => {
			if (!open) return;
			open = false;
			closeSync(logFd);
			data.close();
			if (!keep) rmSync(folder, { recursive: true, force: true });
		},
	};
}
