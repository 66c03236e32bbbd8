import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { root } from "#infra/entries.ts";

const sample = (name: string) => join(root, "samples", name);

/** The sending clients, by what runs them. */
export const senders = [
	{ name: "curl", interpreter: "curl", command: [sample("send.sh")] },
	{ name: "Python", interpreter: "python3", command: ["python3", sample("send.py")] },
	{ name: "Node", interpreter: process.execPath, command: [process.execPath, sample("send.mjs")] },
] as const;

export const webhooks = [
	{ name: "Python", interpreter: "python3", command: ["python3", sample("webhook.py"), "0"] },
	{ name: "Node", interpreter: process.execPath, command: [process.execPath, sample("webhook.mjs"), "0"] },
] as const;

export const isInstalled = (interpreter: string) => spawnSync(interpreter, ["--version"]).status === 0;

type Command = readonly string[];
type Variables = Readonly<Record<string, string>>;

const assignments = (variables: Variables) => Object.entries(variables).map(([name, value]) => `${name}=${value}`);

/** Runs a sending client to its end. */
export async function runSample(command: Command, variables: Variables) {
	const child = spawn("env", [...assignments(variables), ...command], { stdio: ["ignore", "pipe", "pipe"] });
	const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
	return { code, out: out.trim(), err: err.trim() };
}

/** Starts a webhook server. Its first line is its URL; `lines` has what it printed since. */
export async function startSample(command: Command, variables: Variables = {}) {
	const child = spawn("env", [...assignments(variables), ...command], { stdio: ["ignore", "pipe", "inherit"] });
	const lines: string[] = [];
	const reader = createInterface(child.stdout);
	const [url] = (await once(reader, "line")) as [string];
	reader.on("line", (line) => lines.push(line));
	return { url, lines, stop: () => void child.kill("SIGKILL") };
}
