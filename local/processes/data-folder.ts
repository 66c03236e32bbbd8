import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";

/** Where the engines keep their files, and what must stay the same from run to run. */
export type DataFolder = {
	/** Whether the folder outlives this run. */
	readonly isKept: boolean;
	/** The folder of one process, which exists. */
	folderOf(process: string): string;
	/** Secrets of the runs before, by their role. */
	secrets(): Readonly<Record<string, string>>;
	keepSecrets(secrets: Readonly<Record<string, string>>): void;
	close(): void;
};

/** The folders that this process holds. */
const opened = new Set<string>();

const secretsFile = z.record(z.string(), z.string());

/**
 * @param given a folder that outlives this run; it is created if it does not exist.
 * @throws Error of one line if another local stack runs on it.
 */
export function openKeptFolder(given: string): DataFolder {
	const path = resolve(given);
	const [lock, secrets] = [join(path, "running.pid"), join(path, "secrets.json")];
	mkdirSync(path, { recursive: true, mode: 0o700 });
	const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
	/* In a container every run may have the same process id, so it does not tell this run from one that was killed. */
	if (holder === process.pid ? opened.has(path) : isRunning(holder)) {
		throw new Error(`SMSGW_DATA: ${path} is in use by process ${holder}; if that is no local stack, delete ${lock}`);
	}
	writeFileSync(lock, String(process.pid));
	opened.add(path);
	return {
		isKept: true,
		folderOf: (process) => existing(path, process),
		secrets: () => (existsSync(secrets) ? jsonText.pipe(secretsFile).parse(readFileSync(secrets, "utf8")) : {}),
		keepSecrets: (all) => writeFileSync(secrets, JSON.stringify(all), { mode: 0o600 }),
		close() {
			opened.delete(path);
			rmSync(lock, { force: true });
		},
	};
}

export function openTemporaryFolder(path: string): DataFolder {
	return {
		isKept: false,
		folderOf: (process) => existing(path, process),
		secrets: () => ({}),
		keepSecrets: () => undefined,
		close: () => rmSync(path, { recursive: true, force: true }),
	};
}

function existing(path: string, process: string): string {
	const folder = join(path, process);
	mkdirSync(folder, { recursive: true });
	return folder;
}

function isRunning(pid: number): boolean {
	try {
		return pid > 0 && process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
