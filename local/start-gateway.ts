import { awsEnv } from "./aws-env.ts";
import type { Blueprint } from "./draw-blueprint.ts";
import type { LoadOrder } from "./lambdas/main.ts";
import { startChild } from "./processes/child.ts";
import { type Kept, keepRunning } from "./processes/keep-running.ts";
import { restartLambdas, serveLambdas } from "./start-lambdas.ts";
import type { Outfit } from "./start-outfit.ts";
import { loopback } from "./wire/listen.ts";

/** How long a fallen process stays down: about what Lambda, and on a good day ECS, would take to replace it. */
const lambdasPauseMs = 100;
const smppPauseMs = 1_000;

export type GatewayDeps = {
	readonly outfit: Outfit;
	readonly blueprint: Blueprint;
	readonly preload: string | undefined;
	readonly logFd: number;
	readonly onFall: (process: string, how: string) => void;
};

/** What the process of the functions is told to load, the first time and every time. */
export function loadOrder({ outfit, blueprint }: Pick<GatewayDeps, "outfit" | "blueprint">): LoadOrder {
	const { region } = blueprint.stage;
	const { plan, engines } = blueprint.seenBy("lambdas");
	// The poller is AWS's own, so nothing is put between it and its queue.
	return { plan, env: awsEnv(engines, region), sqsUrl: outfit.urls.sqs, region };
}

/** Opens the API and the queues' consumers of the loaded process, and keeps it running. */
export async function keepLambdas({ outfit, blueprint, preload, logFd, onFall }: GatewayDeps): Promise<Kept> {
	const order = loadOrder({ outfit, blueprint });
	await serveLambdas(outfit.lambdas);
	return keepRunning({
		first: outfit.lambdas,
		restart: async (adopt) => await restartLambdas(adopt, outfit.lambdaPorts, order, { preload, logFd }),
		pauseMs: lambdasPauseMs,
		onFall: (how) => onFall("lambdas", how),
	});
}

/** Starts a task of the SMPP service with the environment of the template's, and keeps it running as ECS would. */
export function keepSmpp({ blueprint, preload, logFd, onFall }: GatewayDeps, smppPort: number): Kept {
	const { plan, engines } = blueprint.seenBy("smpp");
	const env = {
		...awsEnv(engines, blueprint.stage.region, plan.service.role),
		...plan.service.env,
		SMPP_HOST: loopback,
		SMPP_PORT: String(smppPort),
		/* Nobody asks here, and houses stand beside each other. */
		HEALTH_PORT: "0",
	};
	const start = () => startChild({ entry: plan.service.entry, env, preload, logFd });
	return keepRunning({
		first: start(),
		restart: async (adopt) => adopt(start()),
		pauseMs: smppPauseMs,
		onFall: (how) => onFall("smpp", how),
	});
}
