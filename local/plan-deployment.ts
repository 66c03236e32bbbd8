import type { Stage } from "#infra/stage.ts";
import { publicUrlOf } from "./api-address.ts";
import type { EngineUrls } from "./engines/create-resources.ts";
import { type EngineCaller, type LocalStackOptions, localStackEntries } from "./local-stack-options.ts";
import { localPasswords, localStage } from "./local-stage.ts";
import type { DataFolder } from "./processes/data-folder.ts";
import type { SupportProcesses } from "./start-support-processes.ts";
import { localReferences } from "./template/local-references.ts";
import { generateSecrets, secretsByRole } from "./template/secrets.ts";
import { type StackPlan, stackPlanFrom } from "./template/stack-plan.ts";
import type { Synthesiser } from "./template/synthesiser.ts";
import type { Template } from "./template/template.ts";

/** What the local stack runs. A test may put a proxy between a process and an engine, so each process has its own URLs. */
export type DeploymentPlan = {
	readonly stage: Stage;
	readonly plan: StackPlan;
	readonly template: Template;
	asSeenBy(caller: EngineCaller): { readonly plan: StackPlan; readonly engines: EngineUrls };
};

export async function planDeployment(
	options: LocalStackOptions,
	supportProcesses: Pick<SupportProcesses, "lambdaPorts" | "operatorPorts" | "urls">,
	data: DataFolder,
	synthesiser: Pick<Synthesiser, "synthesise">,
): Promise<DeploymentPlan> {
	const { operators: given = {}, entries = localStackEntries, endpoints = (_caller, _service, url) => url } = options;
	const stage = localStage({
		httpPort: supportProcesses.lambdaPorts.httpPort,
		operatorPorts: supportProcesses.operatorPorts,
		given,
		changes: options.stage ?? {},
	});
	const template = await synthesiser.synthesise(stage, entries);
	const chosen = {
		...data.secrets(),
		"smsc-passwords": localPasswords(given),
		"canary-password": stage.canary?.account ?? "",
	};
	const secrets = generateSecrets(template, stage.region, chosen);
	data.keepSecrets(secretsByRole(template, stage.region, secrets));
	const planAt = (sqsUrl: string) => {
		const plan = stackPlanFrom(template, localReferences(template, { region: stage.region, sqsUrl, secrets }));
		return withPublicUrl(plan, stage.publicUrl, publicUrlOf(options, supportProcesses.lambdaPorts.httpPort));
	};
	const { dynamodb, sqs, scheduler } = supportProcesses.urls;
	return {
		stage,
		plan: planAt(sqs),
		template,
		asSeenBy: (caller) => {
			const engines = {
				dynamodb: endpoints(caller, "dynamodb", dynamodb),
				sqs: endpoints(caller, "sqs", sqs),
				scheduler: endpoints(caller, "scheduler", scheduler),
			};
			return { plan: planAt(engines.sqs), engines };
		},
	};
}

/** A template for https has AWS's certificate; here the local stack has one of its own. */
function withPublicUrl(plan: StackPlan, from: string, to: string): StackPlan {
	const functions = Object.entries(plan.functions).map(([name, one]) => {
		const { PUBLIC_URL } = one.env;
		return [
			name,
			PUBLIC_URL ? { ...one, env: { ...one.env, PUBLIC_URL: PUBLIC_URL.replace(from, to) } } : one,
		] as const;
	});
	return { ...plan, functions: Object.fromEntries(functions) };
}
