import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { listenAlone } from "#local/processes/exclusive-socket.ts";

const folder = mkdtempSync(join(tmpdir(), "smsgw-socket-"));
afterAll(() => rmSync(folder, { recursive: true }));

function aServer() {
	const server = createServer();
	onTestFinished(() => void server.close());
	return server;
}

describe("a socket that one process listens on", () => {
	it("can be opened by this user only", async () => {
		const path = join(folder, "own.sock");

		expect(await listenAlone(aServer(), path)).toBe(true);
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it("is refused to a second one, and free when the first has ended", async () => {
		const path = join(folder, "second.sock");
		const first = createServer();
		await listenAlone(first, path);
		expect(await listenAlone(aServer(), path)).toBe(false);

		const waiting = listenAlone(aServer(), path, 5_000);
		first.close();

		expect(await waiting).toBe(true);
		expect(existsSync(path)).toBe(true);
	});

	it("is taken over from a process that was killed and left the file", async () => {
		const path = join(folder, "left.sock");
		writeFileSync(path, "");

		expect(await listenAlone(aServer(), path)).toBe(true);
	});
});
