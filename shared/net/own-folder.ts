import { lstatSync, statSync } from "node:fs";

const root = 0;
const writableByOthers = 0o022;

/**
 * Whether only this user can put a socket into a folder, so that no other user answers there. A symbolic link to it must be this user's
 * or root's.
 * @returns the reason in one line if not; undefined if so, or if there is no folder.
 */
export function problemOfOwnFolder(path: string, uid = process.getuid?.()): string | undefined {
	const link = lstatSync(path, { throwIfNoEntry: false });
	const folder = statSync(path, { throwIfNoEntry: false });
	if (link === undefined || folder === undefined) return undefined;
	if (!folder.isDirectory()) return `${path} is not a folder`;
	const isLinkOfOther = link.isSymbolicLink() && link.uid !== uid && link.uid !== root;
	if (isLinkOfOther || folder.uid !== uid) return `${path} belongs to another user`;
	if ((folder.mode & writableByOthers) !== 0) return `other users can write in ${path}: chmod 700 it`;
	return undefined;
}
