import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { root } from "#infra/entries.ts";
import { compileCacheEnv } from "./compile-cache.ts";

export type ChildSpec = {
	/** Source file, from the repository's root. */
	readonly entry: string;
	/** The whole environment: a child inherits none of ours, so that no setting of the user's shell reaches the gateway. */
	readonly env: Readonly<Record<string, string>>;
	/** A module that is loaded before the entry, in each of its threads: its URL. */
	readonly preload?: string | undefined;
	/** Where its output goes: an open file. */
	readonly logFd: number;
};

export type Child = {
	readonly pid: number;
	/** How it ended, once it has. */
	readonly exited: Promise<string>;
	/** The next message that it sends; rejects if it ends before. */
	nextMessage(): Promise<unknown>;
	sendMessage(message: Serializable): void;
	/** Asks it to end, and makes it after `withinMs`. */
	stop(withinMs: number): Promise<void>;
	kill(): void;
};

const exitWithParent = join(import.meta.dirname, "exit-with-parent.ts");

/**
 * Starts a process of the local stack with this Node. It is in a process group of its own, so that Ctrl-C reaches the supervisor
 * alone and what is drained first is the supervisor's to say; it ends by itself when the supervisor is gone.
 */
export function startChild({ entry, env, preload, logFd }: ChildSpec): Child {
	const child = fork(join(root, entry), {
		cwd: root,
		env: { ...env, ...compileCacheEnv, PATH: dirname(process.execPath), TZ: "UTC" },
		execPath: process.execPath,
		execArgv: [...imports(exitWithParent, preload), "--disable-warning=ExperimentalWarning"],
		detached: true,
		stdio: ["ignore", logFd, logFd, "ipc"],
	});
	const inbox: unknown[] = [];
	child.on("message", (message) => inbox.push(message));
	// A child that has just died cannot be told; its end is heard of by `exited`.
	child.on("error", () => undefined);
	const exited = once(child, "exit").then(([code, signal]) => (signal === null ? `exit code ${code}` : `${signal}`));
	return {
		pid: child.pid ?? 0,
		exited,
		nextMessage: async () => await next(child, inbox, exited, entry),
		sendMessage: (message) => void child.send(message, () => undefined),
		stop: async (withinMs) => {
			child.kill("SIGTERM");
			await Promise.race([exited, wait(withinMs, undefined, { ref: false })]);
			child.kill("SIGKILL");
			await exited;
		},
		kill: () => void child.kill("SIGKILL"),
	};
}

function imports(...modules: readonly (string | undefined)[]): readonly string[] {
	return modules.flatMap((module) => (module === undefined ? [] : ["--import", module]));
}

async function next(child: ChildProcess, inbox: unknown[], exited: Promise<string>, entry: string): Promise<unknown> {
	const cancel = new AbortController();
	const ended = exited.then((how) => {
		throw new Error(`${entry} ended before it was ready: ${how}`);
	});
	try {
		if (inbox.length === 0) await Promise.race([once(child, "message", { signal: cancel.signal }), ended]);
		return inbox.shift();
	} finally {
		cancel.abort();
		ended.catch(() => undefined);
	}
}
