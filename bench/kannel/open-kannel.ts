import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort, loopback } from "#local/wire/listen.ts";
import { kannelConfiguration, kannelPassword } from "./configuration.ts";

/** A Kannel on its own ports and in its own folder. */
export type Kannel = {
	/** Of its sendsms. */
	readonly url: string;
	readonly pids: readonly number[];
	/** Resolves when both processes have ended and the folder is removed. */
	stop(): Promise<void>;
};

/** Its default log would cost half of its CPU. */
const errorsOnly = ["-v", "3"];

const upWithinMs = 30_000;
const downWithinMs = 10_000;

export function kannelIsInstalled(): boolean {
	return ["bearerbox", "smsbox"].every((program) => spawnSync("which", [program]).status === 0);
}

/** @throws Error if it does not bind in time. */
export async function openKannel(smsc: number, window: number): Promise<Kannel> {
	const ports = { smsc, admin: await freePort(), box: await freePort(), sendsms: await freePort() };
	const folder = mkdtempSync(join(tmpdir(), "smsgw-kannel-"));
	const file = join(folder, "kannel.conf");
	writeFileSync(file, kannelConfiguration(ports, window));
	const boxes: ChildProcess[] = [];
	const killAll = () => {
		for (const box of boxes) box.kill("SIGKILL");
	};
	process.once("exit", killAll);
	const stop = async () => {
		await Promise.all(boxes.toReversed().map(stopBox));
		process.off("exit", killAll);
		rmSync(folder, { recursive: true });
	};
	const start = (program: string) =>
		boxes.push(spawn(program, [...errorsOnly, file], { cwd: folder, stdio: "ignore" }));
	try {
		start("bearerbox");
		await waitForStatus(ports.admin, /\bbench\b.*\(online/);
		start("smsbox");
		await waitForStatus(ports.admin, /smsbox.*\(on-line/);
	} catch (error) {
		await stop();
		throw error;
	}
	const pids = boxes.flatMap(({ pid }) => pid ?? []);
	return { url: `http://${loopback}:${ports.sendsms}`, pids, stop };
}

async function stopBox(box: ChildProcess): Promise<void> {
	if (box.exitCode !== null || box.signalCode !== null) return;
	const exited = once(box, "exit");
	box.kill("SIGTERM");
	const limit = setTimeout(() => box.kill("SIGKILL"), downWithinMs);
	await exited;
	clearTimeout(limit);
}

/** Waits for a text on Kannel's status page. */
async function waitForStatus(admin: number, wanted: RegExp): Promise<void> {
	const giveUpAt = performance.now() + upWithinMs;
	const url = `http://${loopback}:${admin}/status.txt?password=${kannelPassword}`;
	for (;;) {
		const page = await fetch(url, { signal: AbortSignal.timeout(1_000) })
			.then(async (answer) => await answer.text())
			.catch((error: unknown) => String(error));
		if (wanted.test(page)) return;
		if (performance.now() > giveUpAt) throw new Error(`Kannel did not start in time: ${page.trim()}`);
		await wait(100);
	}
}
