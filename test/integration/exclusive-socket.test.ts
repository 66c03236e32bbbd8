import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { type Child, startChild } from "#local/processes/child.ts";
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

	it("belongs to one of several processes that start at the same instant, at a path that a killed one left", async () => {
		const got = z.object({ got: z.union([z.boolean(), z.string()]) });
		const path = join(folder, "race.sock");
		const start = async (): Promise<Child> => {
			const entry = "test/fixtures/local-stack/listens-alone.ts";
			const child = startChild({ entry, env: {}, logFd: openSync("/dev/null", "a") });
			onTestFinished(() => child.kill());
			await child.nextMessage(got);
			return child;
		};
		for (let round = 0; round < 4; round += 1) {
			const children = await Promise.all([start(), start(), start()]);
			const at = Date.now() + 50;
			for (const child of children) child.sendMessage({ path, at });
			const answers = await Promise.all(children.map(async (child) => (await child.nextMessage(got)).got));
			await Promise.all(children.map(async (child) => await child.stop(0)));
			expect(answers.toSorted()).toEqual([false, false, true]);
		}
		expect(readdirSync(folder).filter((name) => name.startsWith("race.sock"))).toEqual(["race.sock"]);
	});
});
