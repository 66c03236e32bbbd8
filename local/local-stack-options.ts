import type { z } from "zod";
import { type Entries, entries } from "#infra/entries.ts";
import type { Stage } from "#infra/stage.ts";
import type { operatorsFile } from "#shared/contracts/smscs.ts";
import type { EngineUrls } from "./engines/create-resources.ts";
import type { SeedAccount } from "./seed.ts";
import type { StackPlan } from "./template/stack-plan.ts";
import type { Template } from "./template/template.ts";

export type OperatorsFile = z.output<typeof operatorsFile>;

/** The processes of the local stack. Those of the gateway are started again when they die. */
export type ProcessName = "dynamodb" | "engines" | "operators" | "sink" | GatewayProcess;
export type GatewayProcess = "lambdas" | "smpp";

/** Who calls the engines: the functions, the event source mappings that feed them, the SMPP service. */
export type EngineCaller = GatewayProcess | "mappings";

export type LocalStackEntries = Entries & { readonly operators: string };
export const localStackEntries: LocalStackEntries = { ...entries, operators: "local/operators/main.ts" };

export type LocalStackOptions = {
	/** For each port, 0 or undefined is any free one. */
	readonly httpPort?: number;
	readonly smppPort?: number;
	readonly sinkPort?: number;
	readonly smppTlsPort?: number;
	/** Undefined: there is no console. */
	readonly consolePort?: number;
	/** The address of the API and of the clients' SMPP; default: the loopback address. */
	readonly host?: string;
	/** Certificate and key, in PEM: the API speaks HTTPS, and SMPP over TLS has a port of its own. */
	readonly tls?: { readonly cert: string; readonly key: string } | undefined;
	/** What clients know the API by; default: its address. Scheme, host and port. */
	readonly publicUrl?: string | undefined;
	/** Whether there are demo accounts, simulated operators and a webhook sink; default true. */
	readonly demo?: boolean;
	/** SMSCs to bind to instead of the simulated ones of the same operators. */
	readonly operators?: OperatorsFile;
	/** Changes to the local stage: tests shorten visibility timeouts. */
	readonly stage?: Partial<Stage>;
	/** A folder for tables, queues, schedules and secrets, which outlive the run. Without, each run begins without data. */
	readonly dataPath?: string | undefined;
	/** Whether the log stays after the run, in a folder with those of the last runs. */
	readonly keepsLog?: boolean;
	readonly tasks?: number;
	readonly accounts?: readonly SeedAccount[];
	/** Replaces an engine's URL for a caller: tests put a faulty proxy between them. */
	readonly endpoints?: (caller: EngineCaller, service: keyof EngineUrls, url: string) => string;
	/** Whether each call needs a permission of its caller's role, as in AWS; default "checked". */
	readonly permissions?: "checked" | "open";
	readonly entries?: LocalStackEntries;
	/** The URL of a module that each process of the gateway loads first: tests move clocks with it. */
	readonly preload?: string;
	/** The same for every other process. */
	readonly supportPreload?: string;
	/** So long a function's thread stays without calls; default: four minutes. */
	readonly functionsIdleMs?: number;
	readonly notice?: (line: string) => void;
};

export type LocalStack = {
	/** The API, base path included. */
	readonly url: string;
	/** The API's address for this machine. Clients may use another one. */
	readonly apiAddress: string;
	/** The socket of `smsgw --local`. */
	readonly controlSocket: string;
	readonly smppPort: number;
	readonly smppTlsPort: number;
	/** This and the next two are empty without the demo. */
	readonly sinkUrl: string;
	readonly operatorsControlUrl: string;
	readonly operatorPorts: Readonly<Record<string, number>>;
	/** Empty without a console. */
	readonly consoleUrl: string;
	readonly lambdaUrl: string;
	readonly endpoints: EngineUrls;
	readonly plan: StackPlan;
	readonly template: Template;
	readonly logFile: string;
	/** The address at which a load balancer would check the task. */
	healthUrl(task?: number): string;
	/** @param task the index of the SMPP service's task; default 0. */
	pid(process: ProcessName, task?: number): number;
	/** Sends SIGKILL. Returns when the process is dead; it is then started again. */
	kill(process: GatewayProcess, task?: number): Promise<void>;
	/** Sends SIGTERM to a task of the SMPP service, which is not started again. Returns when it has ended. */
	stopTask(task: number): Promise<void>;
	/** Resolves with the reason when the local stack cannot go on: a support process died, with all its data. */
	readonly crashReason: Promise<string>;
	/** Drains the gateway, then ends every process. */
	stop(): Promise<void>;
	abandon(): void;
};
