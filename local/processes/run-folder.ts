import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type RunFolder = {
	readonly logFile: string;
	readonly logFd: number;
	/** For the engines' files. It is deleted at the end, even if the log is kept. */
	readonly dataFolder: string;
	note(event: string, fields?: object): void;
	close(keep: boolean): void;
};

export function openRunFolder(): RunFolder {
	const folder = mkdtempSync(join(tmpdir(), "smsgw-"));
	const logFile = join(folder, "local-stack.log");
	const logFd = openSync(logFile, "a");
	const dataFolder = join(folder, "data");
	mkdirSync(dataFolder);
	let open = true;
	return {
		logFile,
		logFd,
		dataFolder,
		note: (event, fields = {}) => {
			const line = JSON.stringify({ time: new Date().toISOString(), part: "local-stack", event, ...fields });
			if (open) writeSync(logFd, `${line}\n`);
		},
		close: (keep) => {
			if (!open) return;
			open = false;
			closeSync(logFd);
			rmSync(keep ? dataFolder : folder, { recursive: true, force: true });
		},
	};
}
