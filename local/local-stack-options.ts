import type { z } from "zod";
import { type Entries, entries } from "#infra/entries.ts";
import type { Stage } from "#infra/stage.ts";
import type { operatorsFile } from "#shared/contracts/smscs.ts";
import type { EngineUrls } from "./engines/create-resources.ts";
import type { SeedAccount } from "./seed.ts";
import type { StackPlan } from "./template/stack-plan.ts";

export type OperatorsFile = z.output<typeof operatorsFile>;

/** What runs as a process of its own. The last two are the gateway; they are started again when they die. */
export type ProcessName = "dynamodb" | "engines" | "operators" | "sink" | GatewayProcess;
export type GatewayProcess = "lambdas" | "smpp";

export type LocalStackEntries = Entries & { readonly operators: string };
export const localStackEntries: LocalStackEntries = { ...entries, operators: "local/operators/main.ts" };

export type LocalStackOptions = {
	/** 0, or none, is any free port; so for the other two. */
	readonly httpPort?: number;
	readonly smppPort?: number;
	readonly sinkPort?: number;
	/** SMSCs to bind to in the place of the simulated ones of the same name. */
	readonly operators?: OperatorsFile;
	/** What differs from the local stage: tests shorten visibilities. */
	readonly stage?: Partial<Stage>;
	/** How many tasks of the SMPP service run beside each other: one. */
	readonly tasks?: number;
	/** Besides the demo ones. */
	readonly accounts?: readonly SeedAccount[];
	/** Where a process is told that an engine is: tests put a fault between the two. */
	readonly endpoints?: (process: GatewayProcess, service: keyof EngineUrls, url: string) => string;
	/** Whether each call needs a right in its caller's role, as in AWS (the default), or all may do all. */
	readonly permissions?: "checked" | "open";
	readonly entries?: LocalStackEntries;
	/** The URL of a module that each process of the gateway loads first: tests move clocks with it. */
	readonly preload?: string;
	/** Told in one line when something fell that should stand. */
	readonly notice?: (line: string) => void;
};

export type LocalStack = {
	/** The API, base path included. */
	readonly url: string;
	readonly smppPort: number;
	readonly sinkUrl: string;
	readonly operatorsControlUrl: string;
	/** Where the simulated operators listen. */
	readonly operatorPorts: Readonly<Record<string, number>>;
	/** Where functions can be invoked by hand, in Lambda's own protocol. */
	readonly lambdaUrl: string;
	readonly endpoints: EngineUrls;
	readonly plan: StackPlan;
	readonly logFile: string;
	/** @param task which of the SMPP service's; the first. */
	pid(process: ProcessName, task?: number): number;
	/** SIGKILL. Returns once it is dead; it is then started again. */
	kill(process: GatewayProcess, task?: number): Promise<void>;
	/** SIGTERM to one task of the SMPP service, for good. Returns once it has ended. */
	stopTask(task: number): Promise<void>;
	/** Resolves, with the reason, if the local stack can no longer stand: an engine died, and with it all that it held. */
	readonly crashReason: Promise<string>;
	/** Drains the gateway, then ends every process. */
	stop(): Promise<void>;
	/** Ends every process at once. */
	abandon(): void;
};
