import { awsEnv } from "./aws-env.ts";
import type { ServeCommand, ServerOptions } from "./lambdas/lambdas-messages.ts";
import { accessKeyOf } from "./permissions/callers.ts";
import type { DeploymentPlan } from "./plan-deployment.ts";
import { startChild } from "./processes/child.ts";
import { keepRunning, type RestartedProcess } from "./processes/keep-running.ts";
import { restartLambdas, serveLambdas } from "./start-lambdas.ts";
import type { SupportProcesses } from "./start-support-processes.ts";

/** The pause before a process is started again: roughly what Lambda, and at best ECS, would take. */
const lambdasPauseMs = 100;
const smppPauseMs = 1_000;

export type GatewayDeps = {
	readonly supportProcesses: SupportProcesses;
	readonly deploymentPlan: DeploymentPlan;
	readonly preload: string | undefined;
	readonly server: ServerOptions;
	readonly logFd: number;
	readonly functionsIdleMs: number | undefined;
	readonly onExited: (process: string, how: string) => void;
};

function serveCommand({ deploymentPlan, supportProcesses, functionsIdleMs }: GatewayDeps): ServeCommand {
	const { stage, asSeenBy } = deploymentPlan;
	const { region } = stage;
	const { secret } = supportProcesses;
	const { plan, engines } = asSeenBy("lambdas");
	const { sqs: sqsUrl } = asSeenBy("mappings").engines;
	return { plan, env: { ...awsEnv(engines, region) }, sqsUrl, region, secret, idleMs: functionsIdleMs };
}

/** Opens the API and the event source mappings, and restarts it whenever it ends. */
export async function keepLambdas(deps: GatewayDeps): Promise<RestartedProcess> {
	const { supportProcesses, preload, server, logFd, onExited } = deps;
	const command = serveCommand(deps);
	await serveLambdas(supportProcesses.lambdas, command);
	return keepRunning({
		first: supportProcesses.lambdas,
		restart: async (adopt) =>
			await restartLambdas(adopt, { ports: supportProcesses.lambdaPorts, ...server }, command, { preload, logFd }),
		pauseMs: lambdasPauseMs,
		onExited: (how) => onExited("lambdas", how),
	});
}

export type TaskPorts = { readonly port: number; readonly tlsPort: number; readonly healthPort: number };

/** Starts a task of the SMPP service with the template's environment, and restarts it as ECS would. */
export function keepSmpp(
	{ supportProcesses, deploymentPlan, preload, server, logFd, onExited }: GatewayDeps,
	{ port, tlsPort, healthPort }: TaskPorts,
): RestartedProcess {
	const { plan, engines } = deploymentPlan.asSeenBy("smpp");
	const env = {
		...awsEnv(engines, deploymentPlan.stage.region, accessKeyOf(plan.service.role, supportProcesses.secret)),
		...plan.service.env,
		SMPP_HOST: server.host,
		SMPP_PORT: String(port),
		...(server.tls && { SMPP_TLS_PORT: String(tlsPort), SMPP_TLS: JSON.stringify(server.tls) }),
		HEALTH_PORT: String(healthPort),
	};
	const start = () => startChild({ entry: plan.service.entry, env, preload, logFd });
	return keepRunning({
		first: start(),
		restart: async (adopt) => adopt(start()),
		pauseMs: smppPauseMs,
		onExited: (how) => onExited("smpp", how),
	});
}
