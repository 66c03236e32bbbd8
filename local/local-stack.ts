import { enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { namePrefix } from "#infra/stage.ts";
import { controlSocketOf } from "#shared/contracts/local-stack-info.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { apiAddress, publicUrlOf } from "./api-address.ts";
import { type LocalConsole, openLocalConsole } from "./console/open-local-console.ts";
import { backUp } from "./control/back-up.ts";
import { type Control, openControl } from "./control/open-control.ts";
import { createResources } from "./engines/create-resources.ts";
import { type RolesCommand, rolesApplied } from "./engines/engine-messages.ts";
import type { GatewayProcess, LocalStack, LocalStackOptions } from "./local-stack-options.ts";
import { simulatedBinds } from "./local-stage.ts";
import { accessKeyOf, localStackKey } from "./permissions/callers.ts";
import { type DeploymentPlan, planDeployment } from "./plan-deployment.ts";
import { compileCache } from "./processes/compile-cache.ts";
import type { RestartedProcess } from "./processes/keep-running.ts";
import { openRunFolder, type RunFolder, type RunFolderOptions } from "./processes/run-folder.ts";
import { untilReady } from "./readiness.ts";
import { demoAccounts, demoShortCodes, seed } from "./seed.ts";
import { keepLambdas, keepSmpp, type TaskPorts } from "./start-gateway.ts";
import { type SupportProcesses, startSupportProcesses } from "./start-support-processes.ts";
import type { StackPlan } from "./template/stack-plan.ts";
import { startSynthesiser } from "./template/synthesiser.ts";
import { freePort, loopback } from "./wire/listen.ts";

const drainWithinMs = 10_000;
const endWithinMs = 2_000;

/**
 * Runs the whole gateway on this machine from its template, with its own processes and ports. Returns when the API answers and the
 * simulated operators have their binds, or after a time limit.
 * @throws Error naming the log if a process does not start, after ending the others.
 */
export async function openLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
	enableCompileCache(compileCache);
	const { dataPath } = options;
	let control = dataPath === undefined ? undefined : await holdData(dataPath);
	const run = openRun(dataPath, logOf(options), control);
	const synthesiser = startSynthesiser(run.logFd);
	let supportProcesses: SupportProcesses | undefined;
	try {
		supportProcesses = await startSupportProcesses(options, serverOf(options), run);
		const deploymentPlan = await planDeployment(options, supportProcesses, run.data, synthesiser);
		control ??= await controlByPort(supportProcesses);
		return await build(options, { supportProcesses, deploymentPlan, run, control });
	} catch (error) {
		synthesiser.close();
		if (supportProcesses) killSupportProcesses(supportProcesses);
		control?.close();
		run.close(true);
		throw new Error(`${error instanceof Error ? error.message : String(error)} (log: ${run.logFile})`, {
			cause: error,
		});
	}
}

function logOf({ dataPath, demo = true, keepsLog = false }: LocalStackOptions): RunFolderOptions["logTo"] {
	if (!demo) return "output";
	return keepsLog ? { keptIn: join(dirname(controlSocketOf({ dataPath, httpPort: 0 })), "logs") } : "file";
}

const serverOf = ({ host = loopback, tls }: LocalStackOptions) => ({ host, ...(tls && { tls }) });

/** @throws Error if the folder cannot be used, or another local stack runs on it. */
async function holdData(dataPath: string): Promise<Control> {
	const control = await openControl(controlSocketOf({ dataPath, httpPort: 0 })).catch(failOnData);
	if (control === undefined) throw new Error(`SMSGW_DATA: another local stack runs on ${dataPath}`);
	return control;
}

function openRun(dataPath: string | undefined, logTo: RunFolderOptions["logTo"], control?: Control): RunFolder {
	try {
		return openRunFolder({ dataPath, logTo });
	} catch (error) {
		control?.close();
		if (dataPath === undefined) throw error;
		return failOnData(error);
	}
}

function failOnData(error: unknown): never {
	throw new Error(`SMSGW_DATA: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

async function controlByPort({ lambdaPorts: { httpPort } }: SupportProcesses): Promise<Control> {
	const path = controlSocketOf({ dataPath: undefined, httpPort });
	const control = await openControl(path);
	if (control === undefined) throw new Error(`another process listens on ${path}`);
	return control;
}

type Parts = {
	readonly supportProcesses: SupportProcesses;
	readonly deploymentPlan: DeploymentPlan;
	readonly run: RunFolder;
	readonly control: Control;
};

async function build(
	options: LocalStackOptions,
	{ supportProcesses, deploymentPlan, run, control }: Parts,
): Promise<LocalStack> {
	const { plan, stage } = deploymentPlan;
	const key = accessKeyOf(localStackKey, supportProcesses.secret);
	const names = { region: stage.region, prefix: namePrefix(stage), key };
	const { demo = true, accounts: given = [] } = options;
	const accounts = [...(demo ? demoAccounts(supportProcesses.sinkUrl) : []), ...given];
	await sendRoles(supportProcesses, plan);
	await createResources(plan, supportProcesses.urls, stage.region, key);
	await seed(plan, supportProcesses.urls, names, { accounts, shortCodes: demo ? demoShortCodes : [] });
	let isCrashed = false;
	const onExited = (process: string, how: string) => {
		isCrashed = true;
		noteExit(run, options, process, how);
	};
	const { preload, functionsIdleMs } = options;
	const how = { preload, functionsIdleMs, server: serverOf(options), logFd: run.logFd, onExited };
	const deps = { supportProcesses, deploymentPlan, ...how };
	const taskPorts = await portsOfTasks(options);
	const gateway = { lambdas: await keepLambdas(deps), smpp: taskPorts.map((ports) => keepSmpp(deps, ports)) };
	const localConsole = await consoleOf(options, supportProcesses, run);
	const localStack = runningLocalStack({
		localConsole,
		supportProcesses,
		deploymentPlan,
		gateway,
		options,
		taskPorts,
		controlSocket: controlSocketOf({ dataPath: run.data.keptPath, httpPort: supportProcesses.lambdaPorts.httpPort }),
		run,
		control,
		hasCrashed: () => isCrashed,
	});
	void localStack.crashReason.then((how) => onExited("local-stack", how));
	const { sinkUrl, operatorsControlUrl } = localStack;
	control.serve({
		info: {
			...{ region: stage.region, prefix: namePrefix(stage) },
			url: localStack.url,
			ownUrl: `${localStack.apiAddress}${basePath}`,
			localServers: demo ? { sinkUrl, operatorsControlUrl } : null,
			endpoints: { dynamodb: supportProcesses.urls.dynamodb, sqs: supportProcesses.urls.sqs },
			accessKey: key,
			operators: stage.operators,
			messageIdKey: plan.service.env["MESSAGE_ID_KEY"] ?? "",
			privateWebhooks: stage.privateWebhooks,
		},
		backUp: oneAtATime(async (folder) => await backUpData(supportProcesses, run, folder)),
	});
	const expectedBinds = simulatedBinds(stage, options.operators ?? {});
	const ready = await untilReady(localStack.apiAddress, operatorsControlUrl, expectedBinds);
	if (!ready)
		options.notice?.(`the API or a bind of a simulated operator is not ready yet. If it stays so, see ${run.logFile}`);
	return localStack;
}

async function consoleOf({ consolePort: port }: LocalStackOptions, { lambdaPorts }: SupportProcesses, run: RunFolder) {
	if (port === undefined) return undefined;
	const { httpPort } = lambdaPorts;
	return await openLocalConsole({ port, httpPort, dataPath: run.data.keptPath, logFd: run.logFd });
}

/** Only the first task has ports that clients know. */
async function portsOfTasks({ smppPort, smppTlsPort, tasks = 1 }: LocalStackOptions): Promise<readonly TaskPorts[]> {
	const all = Array.from({ length: tasks }, async (_, index) => ({
		port: (index === 0 && smppPort) || (await freePort()),
		tlsPort: (index === 0 && smppTlsPort) || (await freePort()),
		healthPort: await freePort(),
	}));
	return await Promise.all(all);
}

function oneAtATime<Result>(work: (folder: string) => Promise<Result>) {
	let isBusy = false;
	return async (folder: string): Promise<Result> => {
		if (isBusy) throw new Error("another backup runs");
		isBusy = true;
		try {
			return await work(folder);
		} finally {
			isBusy = false;
		}
	};
}

async function backUpData({ dynamo, engines }: SupportProcesses, { data }: RunFolder, folder: string) {
	if (data.keptPath === undefined)
		throw new Error("there is nothing to back up: the local stack runs without SMSGW_DATA");
	return await backUp({ engines: { dynamodb: dynamo, engines }, secrets: data.secrets }, folder);
}

async function sendRoles({ dynamo, engines }: SupportProcesses, { roles }: StackPlan): Promise<void> {
	await Promise.all(
		[dynamo, engines].map(async (child) => {
			child.sendMessage({ roles } satisfies RolesCommand);
			await child.nextMessage(rolesApplied);
		}),
	);
}

type RunningLocalStackDeps = {
	readonly supportProcesses: SupportProcesses;
	readonly deploymentPlan: DeploymentPlan;
	readonly localConsole: LocalConsole | undefined;
	readonly gateway: { readonly lambdas: RestartedProcess; readonly smpp: readonly RestartedProcess[] };
	readonly options: LocalStackOptions;
	readonly taskPorts: readonly TaskPorts[];
	readonly controlSocket: string;
	readonly run: RunFolder;
	readonly control: Control;
	readonly hasCrashed: () => boolean;
};

function runningLocalStack({
	localConsole,
	supportProcesses,
	deploymentPlan,
	gateway,
	options,
	taskPorts,
	controlSocket,
	run,
	control,
	hasCrashed,
}: RunningLocalStackDeps): LocalStack {
	let stopping = false;
	let stopped: Promise<void> | undefined;
	const all = [gateway.lambdas, ...gateway.smpp];
	const running = (process: GatewayProcess, task = 0): RestartedProcess => {
		const found = process === "lambdas" ? gateway.lambdas : gateway.smpp[task];
		if (found === undefined) throw new Error(`there is no task ${task}`);
		return found;
	};
	const stop = async () => {
		stopping = true;
		await Promise.all([...all.map((one) => one.stop(drainWithinMs)), localConsole?.stop()]);
		await stopSupportProcesses(supportProcesses);
		control.close();
		run.close(hasCrashed());
	};
	return {
		url: `${publicUrlOf(options, supportProcesses.lambdaPorts.httpPort)}${basePath}`,
		apiAddress: apiAddress(options, supportProcesses.lambdaPorts.httpPort),
		controlSocket,
		smppPort: taskPorts[0]?.port ?? 0,
		smppTlsPort: taskPorts[0]?.tlsPort ?? 0,
		sinkUrl: supportProcesses.sinkUrl,
		operatorsControlUrl: supportProcesses.operatorsControlUrl,
		operatorPorts: supportProcesses.operatorPorts,
		consoleUrl: localConsole?.url ?? "",
		lambdaUrl: `http://${loopback}:${supportProcesses.lambdaPorts.invokePort}`,
		endpoints: supportProcesses.urls,
		plan: deploymentPlan.plan,
		template: deploymentPlan.template,
		logFile: run.logFile,
		healthUrl: (task = 0) => `http://${loopback}:${taskPorts[task]?.healthPort}/healthz`,
		pid: (process, task) =>
			process === "lambdas" || process === "smpp"
				? running(process, task).pid()
				: (byName(supportProcesses)[process]?.pid ?? 0),
		kill: async (process, task) => await running(process, task).kill(),
		stopTask: async (task) => await running("smpp", task).stop(drainWithinMs),
		crashReason: firstCrash(supportProcesses, () => stopping),
		stop: () => {
			stopped ??= stop();
			return stopped;
		},
		abandon: () => {
			stopping = true;
			for (const one of all) void one.stop(0);
			localConsole?.abandon();
			killSupportProcesses(supportProcesses);
			control.close();
			run.close(true);
		},
	};
}

const byName = ({ dynamo: dynamodb, engines, operators, sink }: SupportProcesses) => {
	return { dynamodb, engines, operators, sink };
};

function firstCrash(supportProcesses: SupportProcesses, isStopping: () => boolean): Promise<string> {
	return new Promise((resolve) => {
		for (const [name, child] of Object.entries(byName(supportProcesses))) {
			void child?.exited.then((how) => (isStopping() ? undefined : resolve(`${name} ended (${how})`)));
		}
	});
}

async function stopSupportProcesses({ dynamo, engines, operators, sink }: SupportProcesses): Promise<void> {
	await Promise.all([operators, sink, engines, dynamo].map((child) => child?.stop(endWithinMs)));
}

function killSupportProcesses({ dynamo, engines, operators, sink, lambdas }: SupportProcesses): void {
	for (const child of [dynamo, engines, operators, sink, lambdas]) child?.kill();
}

function noteExit(run: RunFolder, { notice }: LocalStackOptions, process: string, how: string): void {
	run.note("process.exited", { process, how });
	if (process !== "local-stack") notice?.(`${process} ended (${how}) and is started again; see ${run.logFile}`);
}
