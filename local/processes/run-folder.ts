import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataFolder, openKeptFolder, openTemporaryFolder } from "./data-folder.ts";
import { type KeptLog, openKeptLog } from "./kept-logs.ts";

export type RunFolder = {
	/** Where the log can be read. */
	readonly logFile: string;
	readonly logFd: number;
	readonly data: DataFolder;
	note(event: string, fields?: object): void;
	/** @param keep whether a log is kept that is not kept anyway. */
	close(keep: boolean): void;
};

export type RunFolderOptions = {
	/** A folder for data that outlives this run; without, data is temporary. */
	readonly dataPath: string | undefined;
	/** A file of this run; a folder that keeps the logs of the last runs; or the standard output: systemd, for example, keeps it. */
	readonly logTo: "file" | "output" | { readonly keptIn: string };
};

const standardOutput = 1;

export function openRunFolder({ dataPath, logTo }: RunFolderOptions): RunFolder {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-"));
	const data = dataPath === undefined ? openTemporaryFolder(join(folder, "data")) : openKeptFolder(dataPath);
	const log = openLog(folder, logTo);
	let open = true;
	return {
		logFile: log.path,
		logFd: log.fd,
		data,
		note: (event, fields = {}) => {
			const line = JSON.stringify({ time: new Date().toISOString(), part: "local-stack", event, ...fields });
			if (open) writeSync(log.fd, `${line}\n`);
		},
		close: (keep) => {
			if (!open) return;
			open = false;
			if (log.fd !== standardOutput) closeSync(log.fd);
			data.close();
			if (!keep || logTo !== "file") rmSync(folder, { recursive: true, force: true });
		},
	};
}

function openLog(folder: string, logTo: RunFolderOptions["logTo"]): KeptLog {
	if (logTo === "output") return { path: "the standard output", fd: standardOutput };
	if (logTo !== "file") return openKeptLog(logTo.keptIn, Date.now(), process.pid);
	const path = join(folder, "local-stack.log");
	return { path, fd: openSync(path, "a") };
}
