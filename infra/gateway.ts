import { type App, type Stack, Tags } from "aws-cdk-lib";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { EdgeStack } from "./edge-stack.ts";
import { type Entries, entries as ownEntries } from "./entries.ts";
import { GatewayStack } from "./gateway-stack.ts";
import type { QuotaResource } from "./quotas.ts";
import { type Stage, stageTag } from "./stage.ts";
import { StateStack } from "./state-stack.ts";
import type { TableRole } from "./table-roles.ts";

/** A stage's name has no hyphen, so `Smsgw-NAME-*` and `smsgw-NAME-*` match this stage only. */
export function stackNames(stageName: string) {
	return {
		state: `Smsgw-${stageName}-state`,
		gateway: `Smsgw-${stageName}-gateway`,
		/** Only of a stage with an edge; in the edge's region. */
		edge: `Smsgw-${stageName}-edge`,
	} as const;
}

/** @param entries source files that replace the gateway's, in tests. */
export function addGateway(app: App, stage: Stage, entries: Entries = ownEntries): void {
	const names = stackNames(stage.name);
	const state = new StateStack(app, names.state, { stage });
	const gateway = new GatewayStack(app, names.gateway, { stage, state, entries });
	const edge = stage.edge && new EdgeStack(app, names.edge, { stage, edge: stage.edge });
	edge?.addStackDependency(state);
	for (const stack of [state, gateway, edge ?? []].flat()) addTags(stack, stage);
}

function addTags(stack: Stack, { name, tags }: Stage): void {
	for (const [key, value] of Object.entries({ ...tags, [stageTag]: name })) Tags.of(stack).add(key, value);
}

/**
 * A stage's state without tables that are lost. CloudFormation then forgets them, and the next deployment creates them
 * again. Its gateway must have been destroyed.
 */
export function addState(app: App, stage: Stage, lost: readonly TableRole[]): void {
	new StateStack(app, stackNames(stage.name).state, { stage, lost });
}

export function resourcesOf(assembly: CloudAssembly, { name }: Stage): readonly QuotaResource[] {
	const { state, gateway } = stackNames(name);
	return [state, gateway].flatMap((stack) => {
		const { Resources } = assembly.getStackByName(stack).template as {
			readonly Resources: Record<string, QuotaResource>;
		};
		return Object.values(Resources);
	});
}
