import type { App } from "aws-cdk-lib";
import { type Entries, entries as ownEntries } from "./entries.ts";
import { GatewayStack } from "./gateway-stack.ts";
import type { Stage } from "./stage.ts";
import { StateStack } from "./state-stack.ts";

/** The whole gateway of one stage. `entries`: other source files than its own, for tests of what surrounds them. */
export function addGateway(app: App, stage: Stage, entries: Entries = ownEntries): void {
	const state = new StateStack(app, `Smsgw-${stage.name}-state`, { stage });
	new GatewayStack(app, `Smsgw-${stage.name}`, { stage, state, entries });
}
