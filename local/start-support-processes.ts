import { randomBytes } from "node:crypto";
import { operators } from "#shared/domain/message/operators.ts";
import type { EngineUrls } from "./engines/create-resources.ts";
import {
	type DynamoReady,
	dynamoReady,
	type EnginesCommand,
	type EnginesReady,
	type EnginesStart,
	enginesReady,
} from "./engines/engine-messages.ts";
import type { LambdaPorts, ServerOptions } from "./lambdas/lambdas-messages.ts";
import { type LocalStackOptions, localStackEntries } from "./local-stack-options.ts";
import { localRegion } from "./local-stage.ts";
import { type OperatorsReady, operatorsReady } from "./operators/operators-ready.ts";
import { type Child, startChild } from "./processes/child.ts";
import type { RunFolder } from "./processes/run-folder.ts";
import { type SinkReady, type SinkStart, sinkReady } from "./sink/sink-messages.ts";
import { listenForLambdas, type StartOptions } from "./start-lambdas.ts";
import { loopback } from "./wire/listen.ts";

/** The processes that start before the template is read. That of the functions has loaded none yet. */
export type SupportProcesses = {
	readonly dynamo: Child;
	readonly engines: Child;
	/** Undefined without the demo. */
	readonly operators: Child | undefined;
	readonly sink: Child | undefined;
	readonly lambdas: Child;
	readonly urls: EngineUrls;
	/** This, the ports and the control URL are empty without the demo. */
	readonly sinkUrl: string;
	readonly operatorPorts: Readonly<Record<string, number>>;
	readonly operatorsControlUrl: string;
	readonly lambdaPorts: LambdaPorts;
	/** The end of all access keys of this run. Undefined with the demo, whose passwords are public. */
	readonly secret: string | undefined;
};

/**
 * Starts all of them at once. If one fails to start, the others are killed.
 * @throws Error of the first that failed.
 */
export async function startSupportProcesses(
	options: LocalStackOptions,
	server: ServerOptions,
	{ logFd, data }: RunFolder,
): Promise<SupportProcesses> {
	const { stage, permissions = "checked", demo = true } = options;
	const secret = demo ? undefined : randomBytes(24).toString("base64url");
	const start = { region: stage?.region ?? localRegion, permissions, isDurable: data.keptPath !== undefined, secret };
	const how = { preload: options.supportPreload, logFd };
	const dynamo = startDynamo({ ...start, folder: data.folderOf("dynamodb") }, how);
	const engines = startEngines({ ...start, folder: data.folderOf("engines") }, how);
	const simulated = demo ? startSimulatedOperators(options, how) : undefined;
	const sink = demo ? startSink(options, how) : undefined;
	const { httpPort = 0, preload } = options;
	const lambdas = listenForLambdas({ ports: { httpPort, invokePort: 0 }, ...server }, { preload, logFd });
	const children = [dynamo, engines, simulated, sink, lambdas] as const;
	const failed = (await Promise.allSettled(children)).find((start) => start.status === "rejected");
	if (failed) {
		await Promise.allSettled(children.map(killStarted));
		throw failed.reason;
	}
	const { child, ports } = await lambdas;
	const made = { dynamo: await dynamo, engines: await engines, simulated: await simulated, sink: await sink };
	made.engines.child.sendMessage({ lambdaUrl: `http://${loopback}:${ports.invokePort}` } satisfies EnginesCommand);
	return {
		dynamo: made.dynamo.child,
		engines: made.engines.child,
		operators: made.simulated?.child,
		sink: made.sink?.child,
		lambdas: child,
		urls: { dynamodb: made.dynamo.reported.url, ...made.engines.reported },
		sinkUrl: made.sink?.reported.sinkUrl ?? "",
		operatorPorts: made.simulated?.reported.ports ?? {},
		operatorsControlUrl: made.simulated ? `http://${loopback}:${made.simulated.reported.controlPort}` : "",
		lambdaPorts: ports,
		secret,
	};
}

type Started<Reported> = { readonly child: Child; readonly reported: Reported };

async function startDynamo(start: EnginesStart, how: StartOptions): Promise<Started<DynamoReady>> {
	const child = startChild({ entry: "local/engines/dynamodb/main.ts", env: {}, ...how });
	child.sendMessage(start);
	return { child, reported: await child.nextMessage(dynamoReady) };
}

async function startEngines(start: EnginesStart, how: StartOptions): Promise<Started<EnginesReady>> {
	const child = startChild({ entry: "local/engines/main.ts", env: {}, ...how });
	child.sendMessage(start);
	return { child, reported: await child.nextMessage(enginesReady) };
}

async function startSimulatedOperators(
	{ entries = localStackEntries }: LocalStackOptions,
	how: StartOptions,
): Promise<Started<OperatorsReady>> {
	const anyPort = Object.fromEntries(operators.map((operator) => [operator, 0]));
	const env = { OPERATOR_PORTS: JSON.stringify(anyPort), CONTROL_PORT: "0" };
	const child = startChild({ entry: entries.operators, env, ...how });
	return { child, reported: await child.nextMessage(operatorsReady) };
}

async function startSink({ sinkPort = 0 }: LocalStackOptions, how: StartOptions): Promise<Started<SinkReady>> {
	const child = startChild({ entry: "local/sink/main.ts", env: {}, ...how });
	child.sendMessage({ port: sinkPort } satisfies SinkStart);
	return { child, reported: await child.nextMessage(sinkReady) };
}

async function killStarted(start: Promise<{ readonly child: Child }> | undefined): Promise<void> {
	(await start)?.child.kill();
}
