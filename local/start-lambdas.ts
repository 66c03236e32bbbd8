import {
	type LambdaPorts,
	type ListenCommand,
	lambdaPorts,
	type ServeCommand,
	serveReport,
} from "./lambdas/lambdas-messages.ts";
import { type Child, type ChildSpec, startChild } from "./processes/child.ts";

export type Listening = { readonly child: Child; readonly ports: LambdaPorts };

export type StartOptions = Pick<ChildSpec, "logFd" | "preload">;

const spec = { entry: "local/lambdas/main.ts", env: {} };

/** Starts the process of the functions. Its API answers 503 until `serveLambdas`. */
export async function listenForLambdas(listen: ListenCommand, start: StartOptions): Promise<Listening> {
	const child = startChild({ ...spec, ...start });
	return { child, ports: await receivePorts(child, listen) };
}

export async function serveLambdas(child: Child, command: ServeCommand): Promise<void> {
	child.sendMessage(command);
	await child.nextMessage(serveReport);
}

export async function restartLambdas(
	adopt: (child: Child) => void,
	listen: ListenCommand,
	command: ServeCommand,
	start: StartOptions,
): Promise<void> {
	const child = startChild({ ...spec, ...start });
	adopt(child);
	await receivePorts(child, listen);
	await serveLambdas(child, command);
}

async function receivePorts(child: Child, listen: ListenCommand): Promise<LambdaPorts> {
	child.sendMessage(listen);
	return await child.nextMessage(lambdaPorts);
}
