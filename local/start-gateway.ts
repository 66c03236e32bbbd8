import { awsEnv } from "./aws-env.ts";
import type { LoadCommand } from "./lambdas/lambdas-messages.ts";
import type { DeploymentPlan } from "./plan-deployment.ts";
import { startChild } from "./processes/child.ts";
import { type KeptProcess, keepRunning } from "./processes/keep-running.ts";
import { restartLambdas, serveLambdas } from "./start-lambdas.ts";
import type { SupportProcesses } from "./start-support-processes.ts";
import { loopback } from "./wire/listen.ts";

/** How long a fallen process stays down: about what Lambda, and on a good day ECS, would take to replace it. */
const lambdasPauseMs = 100;
const smppPauseMs = 1_000;

export type GatewayDeps = {
	readonly supportProcesses: SupportProcesses;
	readonly deploymentPlan: DeploymentPlan;
	readonly preload: string | undefined;
	readonly logFd: number;
	readonly onExited: (process: string, how: string) => void;
};

/** What the process of the functions is told to load, the first time and every time. */
export function loadCommand({
	supportProcesses,
	deploymentPlan,
}: Pick<GatewayDeps, "supportProcesses" | "deploymentPlan">): LoadCommand {
	const { region } = deploymentPlan.stage;
	const { plan, engines } = deploymentPlan.asSeenBy("lambdas");
	// The poller is AWS's own, so nothing is put between it and its queue.
	return { plan, env: { ...awsEnv(engines, region) }, sqsUrl: supportProcesses.urls.sqs, region };
}

/** Opens the API and the queues' consumers of the loaded process, and keeps it running. */
export async function keepLambdas({
	supportProcesses,
	deploymentPlan,
	preload,
	logFd,
	onExited,
}: GatewayDeps): Promise<KeptProcess> {
	const command = loadCommand({ supportProcesses, deploymentPlan });
	await serveLambdas(supportProcesses.lambdas);
	return keepRunning({
		first: supportProcesses.lambdas,
		restart: async (adopt) => await restartLambdas(adopt, supportProcesses.lambdaPorts, command, { preload, logFd }),
		pauseMs: lambdasPauseMs,
		onExited: (how) => onExited("lambdas", how),
	});
}

/** Starts a task of the SMPP service with the environment of the template's, and keeps it running as ECS would. */
export function keepSmpp({ deploymentPlan, preload, logFd, onExited }: GatewayDeps, smppPort: number): KeptProcess {
	const { plan, engines } = deploymentPlan.asSeenBy("smpp");
	const env = {
		...awsEnv(engines, deploymentPlan.stage.region, plan.service.role),
		...plan.service.env,
		SMPP_HOST: loopback,
		SMPP_PORT: String(smppPort),
		/* Nobody asks here, and local stacks stand beside each other. */
		HEALTH_PORT: "0",
	};
	const start = () => startChild({ entry: plan.service.entry, env, preload, logFd });
	return keepRunning({
		first: start(),
		restart: async (adopt) => adopt(start()),
		pauseMs: smppPauseMs,
		onExited: (how) => onExited("smpp", how),
	});
}
