import type { App } from "aws-cdk-lib";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { type Entries, entries as ownEntries } from "./entries.ts";
import { GatewayStack } from "./gateway-stack.ts";
import type { QuotaResource } from "./quotas.ts";
import type { Stage } from "./stage.ts";
import { StateStack } from "./state-stack.ts";
import type { TableRole } from "./table-roles.ts";

/** A stage's name has no hyphen, so `Smsgw-NAME-*` and `smsgw-NAME-*` match this stage only. */
export function stackNames(stageName: string) {
	return { state: `Smsgw-${stageName}-state`, gateway: `Smsgw-${stageName}-gateway` } as const;
}

/** @param entries source files that replace the gateway's, in tests. */
export function addGateway(app: App, stage: Stage, entries: Entries = ownEntries): void {
	const names = stackNames(stage.name);
	const state = new StateStack(app, names.state, { stage });
	new GatewayStack(app, names.gateway, { stage, state, entries });
}

/**
 * A stage's state without tables that are lost. CloudFormation then forgets them, and the next deployment creates them
 * again. Its gateway must have been destroyed.
 */
export function addState(app: App, stage: Stage, lost: readonly TableRole[]): void {
	new StateStack(app, stackNames(stage.name).state, { stage, lost });
}

export function resourcesOf(assembly: CloudAssembly, { name }: Stage): readonly QuotaResource[] {
	return Object.values(stackNames(name)).flatMap((stack) => {
		const { Resources } = assembly.getStackByName(stack).template as {
			readonly Resources: Record<string, QuotaResource>;
		};
		return Object.values(Resources);
	});
}
