import { createServer } from "node:net";
import { listenAlone } from "./exclusive-socket.ts";

/** An engine whose supervisor was killed ends a moment later. Until then it may still write. */
const withinMs = 10_000;

/** Waits until no other process works on this folder, then holds it until this process ends. @throws Error after a time limit. */
export async function holdFolder(folder: string): Promise<void> {
	const server = createServer((socket) => socket.destroy());
	if (!(await listenAlone(server, `${folder}.sock`, withinMs))) {
		throw new Error(`another process works on ${folder}`);
	}
	server.unref();
}
