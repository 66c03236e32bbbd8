import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Replaces a file's content, whole or not at all, so that it survives a loss of power. Only this user can read it. */
export function writeDurably(path: string, content: string): void {
	const next = `${path}.next`;
	const file = openSync(next, "w", 0o600);
	try {
		writeFileSync(file, content);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	renameSync(next, path);
	syncPath(dirname(path));
}

/** Makes a file's content, or the names in a folder, survive a loss of power. */
export function syncPath(path: string): void {
	const file = openSync(path, "r");
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}
