import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "#infra/entries.ts";
import type { LocalStackOptions } from "#local/local-stack-options.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { eventually } from "./client.ts";

const entry = join(root, "test/fixtures/local-stack/open-in-earnest.ts");
const pidsReport = z.object({ dynamodb: z.int(), engines: z.int(), lambdas: z.int(), smpp: z.int() });

/** What can be killed. "machine" is everything at once, "supervisor" the process that started the others. */
export const victims = ["lambdas", "smpp", "dynamodb", "engines", "supervisor", "machine"] as const;
export type Victim = (typeof victims)[number];

/** A local stack in a process of its own, which is started again whenever it ends, as systemd does. */
export type RestartedMachine = {
	readonly url: string;
	readonly smppPort: number;
	/** How often it was started. */
	starts(): number;
	/** Sends SIGKILL. Returns when the gateway answers again. */
	kill(victim: Victim): Promise<void>;
	stop(): Promise<void>;
};

export type MachineOptions = LocalStackOptions & {
	readonly httpPort: number;
	readonly smppPort: number;
	readonly dataPath: string;
};

export async function openMachine(options: MachineOptions, logFile: string): Promise<RestartedMachine> {
	const logFd = openSync(logFile, "a");
	const url = `http://127.0.0.1:${options.httpPort}${basePath}`;
	let supervisor: ChildProcess;
	let isStopping = false;
	let starts = 0;

	function start(): void {
		starts += 1;
		supervisor = fork(entry, [JSON.stringify(options)], { execArgv: [], stdio: ["ignore", logFd, logFd, "ipc"] });
		/* A message to one that was just killed. */
		supervisor.on("error", () => undefined);
		supervisor.once("exit", () => {
			if (!isStopping) start();
		});
	}

	const answers = async () =>
		await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
			({ status }) => status < 500,
			() => false,
		);
	const untilAnswers = async () => await eventually(answers, (does) => does, 120_000);

	async function pids() {
		for (;;) {
			const asked = supervisor;
			const answer = Promise.race([once(asked, "message"), once(asked, "exit").then(() => undefined)]);
			asked.send({}, () => undefined);
			const message = await answer;
			if (message !== undefined) return pidsReport.parse(message[0]);
		}
	}

	start();
	await untilAnswers();
	return {
		url,
		smppPort: options.smppPort,
		starts: () => starts,
		async kill(victim) {
			const startsBefore = starts;
			for (const pid of chosenOf(victim, supervisor.pid ?? 0, await pids())) killed(pid);
			/* The supervisor starts these two again itself. */
			if (victim !== "lambdas" && victim !== "smpp") {
				await eventually(
					async () => starts,
					(count) => count > startsBefore,
				);
			}
			await untilAnswers();
		},
		async stop() {
			isStopping = true;
			const exited = once(supervisor, "exit");
			supervisor.kill("SIGTERM");
			await exited;
		},
	};
}

function chosenOf(victim: Victim, supervisor: number, others: z.output<typeof pidsReport>): readonly number[] {
	if (victim === "supervisor") return [supervisor];
	return victim === "machine" ? [supervisor, ...Object.values(others)] : [others[victim]];
}

function killed(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
}
