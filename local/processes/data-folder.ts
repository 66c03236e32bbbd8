import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { jsonText } from "#shared/contracts/json-text.ts";
import { makeFolder, syncPath, writeDurably } from "./durable-files.ts";

/** Where the engines keep their files, and what must stay the same from run to run. */
export type DataFolder = {
	/** The folder, if it outlives this run. */
	readonly keptPath: string | undefined;
	/** The folder of one process, which exists. */
	folderOf(process: string): string;
	/** Secrets of the runs before, by their role. */
	secrets(): Readonly<Record<string, string>>;
	/** Those of other roles stay: a newer version of the gateway has them. */
	keepSecrets(secrets: Readonly<Record<string, string>>): void;
	close(): void;
};

export const secretsFileName = "secrets.json";

const secretsFile = z.record(z.string(), z.string());

/** The processes have Unix sockets in it, and the address of a socket is short. */
const pathMax = 85;

/**
 * @param given a folder that outlives this run; it is created if it does not exist.
 * @throws Error of one line if it cannot be used.
 */
export function openKeptFolder(given: string): DataFolder {
	const path = resolve(given);
	const secrets = join(path, secretsFileName);
	if (Buffer.byteLength(path) > pathMax) {
		throw new Error(`the path of a data folder has at most ${pathMax} octets: ${path}`);
	}
	makeFolder(path);
	syncPath(dirname(path));
	const kept = () => (existsSync(secrets) ? jsonText.pipe(secretsFile).parse(readFileSync(secrets, "utf8")) : {});
	return {
		keptPath: path,
		folderOf(process) {
			const folder = existing(path, process);
			syncPath(path);
			return folder;
		},
		secrets: kept,
		keepSecrets: (some) => writeDurably(secrets, JSON.stringify({ ...kept(), ...some })),
		close: () => undefined,
	};
}

export function openTemporaryFolder(path: string): DataFolder {
	makeFolder(path);
	return {
		keptPath: undefined,
		folderOf: (process) => existing(path, process),
		secrets: () => ({}),
		keepSecrets: () => undefined,
		close: () => rmSync(path, { recursive: true, force: true }),
	};
}

function existing(path: string, process: string): string {
	const folder = join(path, process);
	makeFolder(folder);
	return folder;
}
