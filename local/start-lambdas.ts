import type { ListenReport, LoadOrder, LoadReport, ServeOrder } from "./lambdas/main.ts";
import { type Child, type ChildSpec, startChild } from "./processes/child.ts";

export type Listening = { readonly child: Child; readonly ports: ListenReport };

export type StartOptions = Pick<ChildSpec, "logFd" | "preload">;

const spec = { entry: "local/lambdas/main.ts", env: {} };

/** The process of the functions, listening on `ports` (0 is any) and answering nothing yet. */
export async function listenForLambdas(ports: ListenReport, start: StartOptions): Promise<Listening> {
	const child = startChild({ ...spec, ...start });
	return { child, ports: await heardPorts(child, ports) };
}

/** @throws Error that names the door which cannot be loaded. */
export async function loadLambdas(child: Child, order: LoadOrder): Promise<void> {
	child.tell(order);
	const answer = (await child.heard()) as LoadReport;
	if ("failed" in answer) throw new Error(answer.failed);
}

export async function serveLambdas(child: Child): Promise<void> {
	child.tell({ serve: true } satisfies ServeOrder);
	await child.heard();
}

/** A process like the one that died, on the same ports. */
export async function restartLambdas(
	adopt: (child: Child) => void,
	ports: ListenReport,
	order: LoadOrder,
	start: StartOptions,
): Promise<void> {
	const child = startChild({ ...spec, ...start });
	adopt(child);
	await heardPorts(child, ports);
	await loadLambdas(child, order);
	await serveLambdas(child);
}

async function heardPorts(child: Child, ports: ListenReport): Promise<ListenReport> {
	child.tell(ports);
	return (await child.heard()) as ListenReport;
}
