import type { ListenReport, LoadCommand, LoadReport, ServeCommand } from "./lambdas/main.ts";
import { type Child, type ChildSpec, startChild } from "./processes/child.ts";

export type Listening = { readonly child: Child; readonly ports: ListenReport };

export type StartOptions = Pick<ChildSpec, "logFd" | "preload">;

const spec = { entry: "local/lambdas/main.ts", env: {} };

/** The process of the functions, listening on `ports` (0 is any) and answering nothing yet. */
export async function listenForLambdas(ports: ListenReport, start: StartOptions): Promise<Listening> {
	const child = startChild({ ...spec, ...start });
	return { child, ports: await receivePorts(child, ports) };
}

/** @throws Error that names the handler which cannot be loaded. */
export async function loadLambdas(child: Child, command: LoadCommand): Promise<void> {
	child.sendMessage(command);
	const answer = (await child.nextMessage()) as LoadReport;
	if ("failed" in answer) throw new Error(answer.failed);
}

export async function serveLambdas(child: Child): Promise<void> {
	child.sendMessage({ serve: true } satisfies ServeCommand);
	await child.nextMessage();
}

/** A process like the one that died, on the same ports. */
export async function restartLambdas(
	adopt: (child: Child) => void,
	ports: ListenReport,
	command: LoadCommand,
	start: StartOptions,
): Promise<void> {
	const child = startChild({ ...spec, ...start });
	adopt(child);
	await receivePorts(child, ports);
	await loadLambdas(child, command);
	await serveLambdas(child);
}

async function receivePorts(child: Child, ports: ListenReport): Promise<ListenReport> {
	child.sendMessage(ports);
	return (await child.nextMessage()) as ListenReport;
}
