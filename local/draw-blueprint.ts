import type { Stage } from "#infra/stage.ts";
import type { Engines } from "./engines/furnish.ts";
import { type GatewayProcess, type HouseOptions, houseEntries } from "./house-options.ts";
import { localPasswords, localStage } from "./local-stage.ts";
import type { Outfit } from "./start-outfit.ts";
import { localWorld } from "./template/local-world.ts";
import { type Plan, planFrom } from "./template/plan.ts";
import { drawSecrets } from "./template/secrets.ts";

/** What is to be built, and how each process of the gateway sees it: a test may put something between it and an engine. */
export type Blueprint = {
	readonly stage: Stage;
	readonly plan: Plan;
	seenBy(process: GatewayProcess): { readonly plan: Plan; readonly engines: Engines };
};

export async function drawBlueprint(options: HouseOptions, outfit: Outfit): Promise<Blueprint> {
	const { operators: given = {}, entries = houseEntries, endpoints = (_process, _service, url) => url } = options;
	const { synthesise } = await import("./template/synthesise.ts");
	const stage = localStage({
		httpPort: outfit.lambdaPorts.httpPort,
		operatorPorts: outfit.operatorPorts,
		given,
		changes: options.stage ?? {},
	});
	const template = synthesise(stage, entries);
	const secrets = drawSecrets(template, stage.region, { "smsc-passwords": localPasswords(given) });
	const planAt = (sqsUrl: string) =>
		planFrom(template, localWorld(template, { region: stage.region, sqsUrl, secrets }));
	const { dynamodb, sqs, scheduler } = outfit.urls;
	return {
		stage,
		plan: planAt(sqs),
		seenBy: (process) => {
			const engines = {
				dynamodb: endpoints(process, "dynamodb", dynamodb),
				sqs: endpoints(process, "sqs", sqs),
				scheduler: endpoints(process, "scheduler", scheduler),
			};
			return { plan: planAt(engines.sqs), engines };
		},
	};
}
