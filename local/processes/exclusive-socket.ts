import { randomInt } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { isServed } from "./served-socket.ts";
import { claimSuffixLength, listensAt, withSoleClaim } from "./socket-claim.ts";

/** Bounded by the address of a Unix socket: 104 octets on macOS, 108 on Linux, with the end of the text. */
export const socketPathMax = 103 - claimSuffixLength;

const pauseMsMax = 50;

/** For processes that start at the same time: one of them gets the socket, and the others see that it is served. */
const settledWithinMs = 2_000;

/**
 * Listens on a Unix socket that only this user can open. One process at a time does so, and its end frees the socket, however it
 * ends: unlike a process id in a file, which another process may have after a restart of the machine.
 * @returns false if another process still listens there after `withinMs`.
 */
export async function listenAlone(server: Server, path: string, withinMs = 0): Promise<boolean> {
	const startedAt = performance.now();
	for (;;) {
		const served = await isServed(path);
		if (!served && (await withSoleClaim(path, async () => await takeOver(server, path)))) return true;
		const tookMs = performance.now() - startedAt;
		if (tookMs >= (served ? withinMs : withinMs + settledWithinMs)) return false;
		await wait(randomInt(1, pauseMsMax));
	}
}

/** Only in one process at a time: a file that no process serves is removed. */
async function takeOver(server: Server, path: string): Promise<boolean> {
	if (await isServed(path)) return false;
	rmSync(path, { force: true });
	if (!(await listensAt(server, path))) return false;
	chmodSync(path, 0o600);
	return true;
}
