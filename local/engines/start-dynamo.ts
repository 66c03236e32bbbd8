import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { listen, loopback } from "../wire/listen.ts";
import { type DynamoProgram, findDynamo } from "./dynamo-program.ts";

export type Dynamo = {
	readonly pid: number;
	readonly url: string;
	readonly exited: Promise<string>;
	kill(): void;
};

/**
 * Runs the program until it ends or standard input closes, which happens however the supervisor ends. Prints the program's process
 * id first. dynoxide gets one worker: several compete for its one store, and a write then costs twice as much.
 */
const guard = `
exec 3<&0
TOKIO_WORKER_THREADS=1 "$0" "$@" </dev/null >&2 3<&- & program=$!
echo "$program"
exec 1>&2
{ cat >/dev/null; kill -9 "$program" 2>/dev/null; } <&3 & watcher=$!
exec 3<&-
wait "$program"; status=$?
kill "$watcher" 2>/dev/null
exit "$status"`;

const startWithinMs = 20_000;
const attemptsMax = 5;

export async function startDynamo(path: string, logFd: number): Promise<Dynamo> {
	const program = findDynamo(path);
	for (let attempt = 1; ; attempt++) {
		const dynamo = await tryDynamo(program, await freePort(), logFd);
		if (dynamo) return dynamo;
		if (attempt === attemptsMax) throw new Error(`${program.command} does not start; its output is in the log`);
	}
}

/** Undefined if the program ends at once: another process may have taken the free port. */
async function tryDynamo(program: DynamoProgram, port: number, logFd: number): Promise<Dynamo | undefined> {
	const shell = spawn("/bin/sh", ["-c", guard, program.command, ...program.argumentsFor(port)], {
		stdio: ["pipe", "pipe", logFd],
		detached: true,
	});
	const exited = once(shell, "exit").then(([code, signal]) => {
		shell.stdin?.end();
		return signal === null ? `exit code ${code}` : String(signal);
	});
	const pid = await Promise.race([pidFrom(shell), exited.then(() => undefined)]);
	if (pid === undefined || !(await answers(port, exited))) return undefined;
	return { pid, url: `http://${loopback}:${port}`, exited, kill: () => void shell.stdin?.end() };
}

async function pidFrom(shell: ChildProcess): Promise<number | undefined> {
	if (!shell.stdout) return undefined;
	const [line] = await once(shell.stdout, "data");
	return Number(String(line));
}

async function answers(port: number, exited: Promise<string>): Promise<boolean> {
	let ended = false;
	void exited.then(() => {
		ended = true;
	});
	const giveUpAt = performance.now() + startWithinMs;
	while (!ended && performance.now() < giveUpAt) {
		const socket = connect(port, loopback);
		const connected = await once(socket, "connect").then(
			() => true,
			() => false,
		);
		socket.destroy();
		if (connected) return !ended;
		await wait(5);
	}
	return false;
}

export async function freePort(): Promise<number> {
	const server = createServer();
	const port = await listen(server, 0);
	server.close();
	await once(server, "close");
	return port;
}
