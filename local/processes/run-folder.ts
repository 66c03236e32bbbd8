import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFolder, openKeptFolder, openTemporaryFolder } from "./data-folder.ts";

export type RunFolder = {
	/** Where the log can be read. */
	readonly logFile: string;
	readonly logFd: number;
	readonly data: DataFolder;
	note(event: string, fields?: object): void;
	/** @param keep whether the log is kept. */
	close(keep: boolean): void;
};

export type RunFolderOptions = {
	/** A folder for data that outlives this run; without, data is temporary. */
	readonly dataPath: string | undefined;
	/** A file of this run, or the standard output: systemd, for example, keeps it. */
	readonly logTo: "file" | "output";
};

const standardOutput = 1;

export function openRunFolder({ dataPath, logTo }: RunFolderOptions): RunFolder {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-"));
	const data = dataPath === undefined ? openTemporaryFolder(join(folder, "data")) : openKeptFolder(dataPath);
	const logFile = logTo === "file" ? join(folder, "local-stack.log") : "the standard output";
	const logFd = logTo === "file" ? openSync(logFile, "a") : standardOutput;
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
			if (logTo === "file") closeSync(logFd);
			data.close();
			if (!keep || logTo === "output") rmSync(folder, { recursive: true, force: true });
		},
	};
}
