import { randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { basename, dirname, join } from "node:path";
import { isServed } from "./served-socket.ts";

/** What a claim's path has more than the path that is claimed. */
export const claimSuffixLength = 4;
const suffixes = 36 ** (claimSuffixLength - 1);

/**
 * Runs `work` in one process at a time. Each process first listens on a socket of its own beside the path, and only then looks for the
 * others. So of two processes at least one sees the other, and both may step back. A socket ends with its process, however that ends.
 * @returns undefined if another process has a claim too: try again after a random pause.
 */
export async function withSoleClaim<Result>(path: string, work: () => Promise<Result>): Promise<Result | undefined> {
	const own = `${path}~${randomInt(suffixes)
		.toString(36)
		.padStart(claimSuffixLength - 1, "0")}`;
	const server = createServer((socket) => socket.destroy());
	if (!(await listensAt(server, own))) return undefined;
	try {
		for (const other of claimsOn(path)) {
			if (other === own) continue;
			if (await isServed(other)) return undefined;
			rmSync(other, { force: true });
		}
		/* Another process may have looked before this one listened, and removed its file as a dead one. */
		return existsSync(own) ? await work() : undefined;
	} finally {
		server.close();
	}
}

function claimsOn(path: string): readonly string[] {
	const prefix = `${basename(path)}~`;
	const names = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
	return names.map((name) => join(dirname(path), name));
}

/** False if there is a file at the path. */
export async function listensAt(server: Server, path: string): Promise<boolean> {
	try {
		server.listen(path);
		await once(server, "listening");
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
		throw error;
	}
}
