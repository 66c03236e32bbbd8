import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { root } from "#infra/entries.ts";
import { freePort } from "#local/wire/listen.ts";
import { eventually } from "./client.ts";

const sample = (name: string) => join(root, "samples", name);

type Command = readonly string[];

/** How each language runs a sample, and what shows that it can. */
const languages = {
	curl: { needs: ["curl", "--version"], run: (name: string) => [sample(`${name}.sh`)] },
	PHP: {
		needs: ["php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"],
		run: (name: string) => ["php", sample(`${name}.php`)],
	},
	Python: { needs: ["python3", "-c", "import requests"], run: (name: string) => ["python3", sample(`${name}.py`)] },
	Java: {
		needs: ["javac", "--version"],
		run: (name: string) => [
			"java",
			"-XX:TieredStopAtLevel=1",
			"-XX:+UseSerialGC",
			sample(`${name.charAt(0).toUpperCase()}${name.slice(1)}.java`),
		],
	},
	Node: { needs: [process.execPath, "--version"], run: (name: string) => [process.execPath, sample(`${name}.mjs`)] },
} as const satisfies Record<string, { readonly needs: Command; readonly run: (name: string) => Command }>;

const all = Object.entries(languages);

/** The clients, by what runs them. */
export const clients = all.map(([name, { needs, run }]) => ({
	name,
	needs,
	send: run("send"),
	batch: run("batch"),
	read: run("read"),
}));

export const webhooks = [
	{ name: "PHP", ...languages.PHP, run: (port: number) => ["php", "-S", `127.0.0.1:${port}`, sample("webhook.php")] },
	...(["Python", "Java", "Node"] as const).map((name) => ({
		name,
		needs: languages[name].needs,
		run: (port: number): Command => [...languages[name].run("webhook"), String(port)],
	})),
];

export const esmes = [
	{ name: "smpp of npm", needs: languages.Node.needs, send: [process.execPath, sample("smpp.mjs")] },
	{ name: "Net::SMPP", needs: ["perl", "-MNet::SMPP", "-e1"], send: ["perl", sample("smpp.pl")] },
];

/** What a skipped test says. */
export const missing = (needs: Command) => `cannot be run here: ${needs.join(" ")}`;

export const isInstalled = ([program = "", ...args]: Command) => spawnSync(program, args).status === 0;

type Variables = Readonly<Record<string, string>>;

const assignments = (variables: Variables) => Object.entries(variables).map(([name, value]) => `${name}=${value}`);

/** Runs a sample to its end. */
export async function runSample(command: Command, variables: Variables) {
	const child = spawn("env", [...assignments(variables), ...command], { stdio: ["ignore", "pipe", "pipe"] });
	const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
	return { code, out: out.trim(), err: err.trim() };
}

/** Starts a webhook server; `lines` has what it has printed. */
export async function startSample(run: (port: number) => Command, variables: Variables = {}) {
	const port = await freePort();
	const child = spawn("env", [...assignments(variables), ...run(port)], { stdio: ["ignore", "pipe", "ignore"] });
	const lines: string[] = [];
	createInterface(child.stdout).on("line", (line) => lines.push(line));
	await eventually(async () => await isListening(port), Boolean);
	return { url: `http://127.0.0.1:${port}/`, lines, stop: () => void child.kill("SIGKILL") };
}

async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, "127.0.0.1");
	try {
		await once(socket, "connect");
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
