import { enableCompileCache } from "node:module";
import { namePrefix } from "#infra/stage.ts";
import type { LocalStackInfo } from "#shared/contracts/local-stack-info.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { createResources } from "./engines/create-resources.ts";
import { type RolesCommand, rolesApplied } from "./engines/engine-messages.ts";
import type { GatewayProcess, LocalStack, LocalStackOptions } from "./local-stack-options.ts";
import { simulatedBinds } from "./local-stage.ts";
import { type DeploymentPlan, planDeployment } from "./plan-deployment.ts";
import { compileCache } from "./processes/compile-cache.ts";
import type { RestartedProcess } from "./processes/keep-running.ts";
import { openRunFolder, type RunFolder } from "./processes/run-folder.ts";
import { untilReady } from "./readiness.ts";
import { demoAccounts, seed } from "./seed.ts";
import { keepLambdas, keepSmpp, loadCommand } from "./start-gateway.ts";
import { loadLambdas } from "./start-lambdas.ts";
import { type SupportProcesses, startSupportProcesses } from "./start-support-processes.ts";
import type { StackPlan } from "./template/stack-plan.ts";
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
	const run = openRunFolder(options.dataPath);
	let supportProcesses: SupportProcesses | undefined;
	try {
		// Loading CDK takes as long as starting the processes, so both run at once.
		const [started] = await Promise.all([startSupportProcesses(options, run), import("./template/synthesise.ts")]);
		supportProcesses = started;
		return await build(options, supportProcesses, run);
	} catch (error) {
		if (supportProcesses) killSupportProcesses(supportProcesses);
		run.close(true);
		throw new Error(`${error instanceof Error ? error.message : String(error)} (log: ${run.logFile})`, {
			cause: error,
		});
	}
}

async function build(
	options: LocalStackOptions,
	supportProcesses: SupportProcesses,
	run: RunFolder,
): Promise<LocalStack> {
	const deploymentPlan = await planDeployment(options, supportProcesses, run.data);
	const { plan, stage } = deploymentPlan;
	const names = { region: stage.region, prefix: namePrefix(stage) };
	const accounts = [...demoAccounts(supportProcesses.sinkUrl), ...(options.accounts ?? [])];
	await sendRoles(supportProcesses, plan);
	await Promise.all([
		loadLambdas(supportProcesses.lambdas, loadCommand({ supportProcesses, deploymentPlan })),
		createResources(plan, supportProcesses.urls, stage.region).then(
			async () => await seed(plan, supportProcesses.urls, names, accounts),
		),
	]);
	let isCrashed = false;
	const onExited = (process: string, how: string) => {
		isCrashed = true;
		run.note("process.exited", { process, how });
		if (process !== "local-stack")
			options.notice?.(`${process} ended (${how}) and is started again; see ${run.logFile}`);
	};
	const deps = { supportProcesses, deploymentPlan, preload: options.preload, logFd: run.logFd, onExited };
	const smppPort = options.smppPort || (await freePort());
	/* Only the first task has a port that clients know. */
	const others = Array.from({ length: (options.tasks ?? 1) - 1 }, freePort);
	const smppPorts = [smppPort, ...(await Promise.all(others))];
	const gateway = { lambdas: await keepLambdas(deps), smpp: smppPorts.map((port) => keepSmpp(deps, port)) };
	const localStack = runningLocalStack({
		supportProcesses,
		deploymentPlan,
		gateway,
		smppPort,
		run,
		hasCrashed: () => isCrashed,
	});
	void localStack.crashReason.then((how) => onExited("local-stack", how));
	supportProcesses.sink.sendMessage({
		region: stage.region,
		prefix: namePrefix(stage),
		url: localStack.url,
		endpoints: { dynamodb: supportProcesses.urls.dynamodb, sqs: supportProcesses.urls.sqs },
	} satisfies LocalStackInfo);
	const expectedBinds = simulatedBinds(stage, options.operators ?? {});
	const ready = await untilReady(localStack.url, supportProcesses.operatorsControlUrl, expectedBinds);
	if (!ready)
		options.notice?.(`the API or a bind of a simulated operator is not ready yet. If it stays so, see ${run.logFile}`);
	return localStack;
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
	readonly gateway: { readonly lambdas: RestartedProcess; readonly smpp: readonly RestartedProcess[] };
	readonly smppPort: number;
	readonly run: RunFolder;
	readonly hasCrashed: () => boolean;
};

function runningLocalStack({
	supportProcesses,
	deploymentPlan,
	gateway,
	smppPort,
	run,
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
		await Promise.all(all.map((one) => one.stop(drainWithinMs)));
		await Promise.all(
			[supportProcesses.operators, supportProcesses.sink, supportProcesses.engines, supportProcesses.dynamo].map(
				(child) => child.stop(endWithinMs),
			),
		);
		run.close(hasCrashed());
	};
	return {
		url: `http://${loopback}:${supportProcesses.lambdaPorts.httpPort}${basePath}`,
		smppPort,
		sinkUrl: supportProcesses.sinkUrl,
		operatorsControlUrl: supportProcesses.operatorsControlUrl,
		operatorPorts: supportProcesses.operatorPorts,
		lambdaUrl: `http://${loopback}:${supportProcesses.lambdaPorts.invokePort}`,
		endpoints: supportProcesses.urls,
		plan: deploymentPlan.plan,
		logFile: run.logFile,
		pid: (process, task) =>
			process === "lambdas" || process === "smpp"
				? running(process, task).pid()
				: {
						dynamodb: supportProcesses.dynamo,
						engines: supportProcesses.engines,
						operators: supportProcesses.operators,
						sink: supportProcesses.sink,
					}[process].pid,
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
			killSupportProcesses(supportProcesses);
			run.close(true);
		},
	};
}

function firstCrash(supportProcesses: SupportProcesses, isStopping: () => boolean): Promise<string> {
	const { dynamo, engines, operators, sink } = supportProcesses;
	return new Promise((resolve) => {
		for (const [name, { exited }] of Object.entries({ dynamodb: dynamo, engines, operators, sink })) {
			void exited.then((how) => (isStopping() ? undefined : resolve(`${name} ended (${how})`)));
		}
	});
}

function killSupportProcesses({ dynamo, engines, operators, sink, lambdas }: SupportProcesses): void {
	for (const child of [dynamo, engines, operators, sink, lambdas]) child.kill();
}
