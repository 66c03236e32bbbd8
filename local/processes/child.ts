import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { root } from "#infra/entries.ts";
import { compileCacheEnv } from "./compile-cache.ts";

export type ChildSpec = {
	/** Source file, relative to the repository's root. */
	readonly entry: string;
	/** The whole environment. A child inherits nothing, so no setting of the user's shell reaches the gateway. */
	readonly env: Readonly<Record<string, string>>;
	/** The URL of a module that each thread of the child loads before its entry. */
	readonly preload?: string | undefined;
	readonly logFd: number;
};

export type Child = {
	readonly pid: number;
	/** Resolves when the child ends, with its exit code or signal. */
	readonly exited: Promise<string>;
	/** The child's next message; rejects if the message is malformed, or the child ends or the signal aborts first. */
	nextMessage<Message>(schema: z.ZodType<Message>, signal?: AbortSignal): Promise<Message>;
	sendMessage(message: Serializable): void;
	/** Passes a connection on. It is closed if the child has ended. */
	sendSocket(socket: Socket): void;
	/** Sends SIGTERM, and SIGKILL after `withinMs`. */
	stop(withinMs: number): Promise<void>;
	kill(): void;
};

const exitWithParent = join(import.meta.dirname, "exit-with-parent.ts");

/**
 * Starts a process of the local stack with this Node. It has its own process group: Ctrl-C reaches only the supervisor, which
 * decides what drains first. The child ends when the supervisor does.
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
	// Sending to a child that has just died fails; `exited` reports its end.
	child.on("error", () => undefined);
	const exited = once(child, "exit").then(([code, signal]) => (signal === null ? `exit code ${code}` : `${signal}`));
	return {
		pid: child.pid ?? 0,
		exited,
		nextMessage: async (schema, signal) => parsed(entry, schema, await next({ child, inbox, exited, entry }, signal)),
		sendMessage: (message) => void child.send(message, () => undefined),
		sendSocket: (socket) => {
			child.send("connection", socket, (error) => {
				if (error) socket.destroy();
			});
		},
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

function parsed<Message>(entry: string, schema: z.ZodType<Message>, message: unknown): Message {
	const { success, data, error } = schema.safeParse(message);
	if (success) return data;
	throw new Error(`${entry} sent a malformed message: ${z.prettifyError(error)}`);
}

type Sender = {
	readonly child: ChildProcess;
	readonly inbox: unknown[];
	readonly exited: Promise<string>;
	readonly entry: string;
};

async function next({ child, inbox, exited, entry }: Sender, signal?: AbortSignal): Promise<unknown> {
	const cancel = new AbortController();
	const either = signal === undefined ? cancel.signal : AbortSignal.any([cancel.signal, signal]);
	const ended = exited.then((how) => {
		throw new Error(`${entry} ended before it was ready: ${how}`);
	});
	try {
		/* Several may wait for one message. */
		while (inbox.length === 0) await Promise.race([once(child, "message", { signal: either }), ended]);
		signal?.throwIfAborted();
		return inbox.shift();
	} finally {
		cancel.abort();
		ended.catch(() => undefined);
	}
}
