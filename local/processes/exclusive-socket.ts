import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { connect, type Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** Bounded by the address of a Unix socket: 104 octets on macOS, 108 on Linux, with the end of the text. */
export const socketPathMax = 103;

const retryMs = 20;

/**
 * Listens on a Unix socket that only this user can open. One process at a time does so, and its end frees the socket, however it
 * ends: unlike a process id in a file, which another process may have after a restart of the machine.
 * @returns false if another process still listens there after `withinMs`.
 */
export async function listenAlone(server: Server, path: string, withinMs = 0): Promise<boolean> {
	const giveUpAt = performance.now() + withinMs;
	while (await isServed(path)) {
		if (performance.now() >= giveUpAt) return false;
		await wait(retryMs);
	}
	rmSync(path, { force: true });
	server.listen(path);
	await once(server, "listening");
	chmodSync(path, 0o600);
	return true;
}

/** A connection that is refused, or no file, means that no process listens. */
async function isServed(path: string): Promise<boolean> {
	const socket = connect(path);
	try {
		await once(socket, "connect");
		return true;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTSOCK") return false;
		/* It is just ending, or has too many connections. */
		if (code === "ECONNRESET" || code === "EAGAIN") return true;
		throw error;
	} finally {
		socket.destroy();
	}
}
