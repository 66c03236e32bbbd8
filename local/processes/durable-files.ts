import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from "node:fs";
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

/**
 * Creates a folder that only this user can read, unless it exists. The folder above must exist: Node's recursive creation never ends in
 * some file systems, such as /proc. @throws Error of one line.
 */
export function makeFolder(path: string): void {
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EEXIST" && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
		if (code === "EEXIST" || code === "ENOTDIR") throw new Error(`${path} is not a folder`, { cause: error });
		const isAlone = code === "ENOENT" && !existsSync(dirname(path));
		const why = isAlone ? "the folder above does not exist" : code;
		throw new Error(`the folder ${path} cannot be created: ${why}`, { cause: error });
	}
}
