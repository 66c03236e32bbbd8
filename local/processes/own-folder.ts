import { problemOfOwnFolder } from "#shared/net/own-folder.ts";
import { makeFolder } from "./durable-files.ts";

/**
 * Creates a folder that only this user can read, unless it exists.
 * @throws Error of one line if another user could write in it.
 */
export function openOwnFolder(path: string): void {
	makeFolder(path);
	const problem = problemOfOwnFolder(path);
	if (problem !== undefined) throw new Error(problem);
}
