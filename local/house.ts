import { enableCompileCache } from "node:module";
import { namePrefix } from "#infra/stage.ts";
import type { LocalHouse } from "#shared/contracts/local-house.ts";
import { basePath } from "#shared/contracts/routes.ts";
import { type Blueprint, drawBlueprint } from "./draw-blueprint.ts";
import { furnish } from "./engines/furnish.ts";
import type { EnginesOrder } from "./engines/main.ts";
import { freePort } from "./engines/start-dynamo.ts";
import type { GatewayProcess, House, HouseOptions } from "./house-options.ts";
import { simulatedBinds } from "./local-stage.ts";
import { compileCache } from "./processes/compile-cache.ts";
import type { Kept } from "./processes/keep-running.ts";
import { openRunFolder, type RunFolder } from "./processes/run-folder.ts";
import { untilReady } from "./readiness.ts";
import { demoAccounts, seed } from "./seed.ts";
import { keepLambdas, keepSmpp, loadOrder } from "./start-gateway.ts";
import { loadLambdas } from "./start-lambdas.ts";
import { type Outfit, startOutfit } from "./start-outfit.ts";
import type { Plan } from "./template/plan.ts";
import { loopback } from "./wire/listen.ts";

const drainWithinMs = 10_000;
const endWithinMs = 2_000;

/**
 * Builds the whole gateway on this machine from its template, in processes and on ports of its own, so that houses stand beside
 * each other. Returns when it is ready: the API and the sink answer, and the simulated operators have their binds or have
 * been waited for long enough.
 * @throws Error when a process does not come up, after ending all others; its message names the log.
 */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
	enableCompileCache(compileCache);
	const run = openRunFolder();
	let outfit: Outfit | undefined;
	try {
		// Loading CDK takes as long as starting the processes: so both at once.
		const [started] = await Promise.all([startOutfit(options, run.logFd), import("./template/synthesise.ts")]);
		outfit = started;
		return await build(options, outfit, run);
	} catch (error) {
		if (outfit) killOutfit(outfit);
		run.close(true);
		throw new Error(`${error instanceof Error ? error.message : String(error)} (log: ${run.logFile})`, {
			cause: error,
		});
	}
}

async function build(options: HouseOptions, outfit: Outfit, run: RunFolder): Promise<House> {
	const blueprint = await drawBlueprint(options, outfit);
	const { plan, stage } = blueprint;
	const names = { region: stage.region, prefix: namePrefix(stage) };
	const accounts = [...demoAccounts(outfit.sinkUrl), ...(options.accounts ?? [])];
	await handRoles(outfit, plan);
	await Promise.all([
		loadLambdas(outfit.lambdas, loadOrder({ outfit, blueprint })),
		furnish(plan, outfit.urls, stage.region).then(async () => await seed(plan, outfit.urls, names, accounts)),
	]);
	let fell = false;
	const onFall = (process: string, how: string) => {
		fell = true;
		run.note("process.fell", { process, how });
		if (process !== "house") options.notice?.(`${process} fell (${how}) and is started again; see ${run.logFile}`);
	};
	const deps = { outfit, blueprint, preload: options.preload, logFd: run.logFd, onFall };
	const smppPort = options.smppPort || (await freePort());
	/* Clients find the first; the others listen wherever they can. */
	const others = Array.from({ length: (options.tasks ?? 1) - 1 }, freePort);
	const smppPorts = [smppPort, ...(await Promise.all(others))];
	const gateway = { lambdas: await keepLambdas(deps), smpp: smppPorts.map((port) => keepSmpp(deps, port)) };
	const house = openedHouse({ outfit, blueprint, gateway, smppPort, run, hasFallen: () => fell });
	void house.fallen.then((how) => onFall("house", how));
	outfit.sink.tell({
		region: stage.region,
		prefix: namePrefix(stage),
		endpoints: { dynamodb: outfit.urls.dynamodb, sqs: outfit.urls.sqs },
	} satisfies LocalHouse);
	const due = simulatedBinds(stage, options.operators ?? {});
	const ready = await untilReady(house.url, outfit.operatorsControlUrl, due);
	if (!ready) options.notice?.(`not everything came up in time; see ${run.logFile}`);
	return house;
}

/** From then on each caller may do what its role allows. */
async function handRoles({ engines }: Outfit, { roles }: Plan): Promise<void> {
	engines.tell({ roles } satisfies EnginesOrder);
	await engines.heard();
}

type Opened = {
	readonly outfit: Outfit;
	readonly blueprint: Blueprint;
	readonly gateway: { readonly lambdas: Kept; readonly smpp: readonly Kept[] };
	readonly smppPort: number;
	readonly run: RunFolder;
	readonly hasFallen: () => boolean;
};

function openedHouse({ outfit, blueprint, gateway, smppPort, run, hasFallen }: Opened): House {
	let stopping = false;
	let stopped: Promise<void> | undefined;
	const all = [gateway.lambdas, ...gateway.smpp];
	const kept = (process: GatewayProcess, task = 0): Kept => {
		const found = process === "lambdas" ? gateway.lambdas : gateway.smpp[task];
		if (found === undefined) throw new Error(`there is no task ${task}`);
		return found;
	};
	const stop = async () => {
		stopping = true;
		await Promise.all(all.map((one) => one.stop(drainWithinMs)));
		await Promise.all([outfit.operators, outfit.sink, outfit.engines].map((child) => child.stop(endWithinMs)));
		outfit.dynamo.kill();
		await outfit.dynamo.exited;
		run.close(hasFallen());
	};
	return {
		url: `http://${loopback}:${outfit.lambdaPorts.httpPort}${basePath}`,
		smppPort,
		sinkUrl: outfit.sinkUrl,
		operatorsControlUrl: outfit.operatorsControlUrl,
		operatorPorts: outfit.operatorPorts,
		lambdaUrl: `http://${loopback}:${outfit.lambdaPorts.invokePort}`,
		endpoints: outfit.urls,
		plan: blueprint.plan,
		logFile: run.logFile,
		pid: (process, task) =>
			process === "lambdas" || process === "smpp"
				? kept(process, task).pid()
				: { dynamodb: outfit.dynamo, engines: outfit.engines, operators: outfit.operators, sink: outfit.sink }[process]
						.pid,
		kill: async (process, task) => await kept(process, task).kill(),
		stopTask: async (task) => await kept("smpp", task).stop(drainWithinMs),
		fallen: firstFallen(outfit, () => stopping),
		stop: () => {
			stopped ??= stop();
			return stopped;
		},
		abandon: () => {
			stopping = true;
			for (const one of all) void one.stop(0);
			killOutfit(outfit);
		},
	};
}

/** Never resolves while the house stands, or once it is being stopped. */
function firstFallen(outfit: Outfit, isStopping: () => boolean): Promise<string> {
	const { dynamo, engines, operators, sink } = outfit;
	return new Promise((resolve) => {
		for (const [name, { exited }] of Object.entries({ dynamodb: dynamo, engines, operators, sink })) {
			void exited.then((how) => (isStopping() ? undefined : resolve(`${name} fell (${how})`)));
		}
	});
}

function killOutfit({ dynamo, engines, operators, sink, lambdas }: Outfit): void {
	dynamo.kill();
	for (const child of [engines, operators, sink, lambdas]) child.kill();
}
