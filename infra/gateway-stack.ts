import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Api } from "./api.ts";
import { type Entries, entries as ownEntries } from "./entries.ts";
import { Feeds } from "./feeds.ts";
import { Functions } from "./functions.ts";
import { Network } from "./network.ts";
import { Queues } from "./queues.ts";
import { Secrets } from "./secrets.ts";
import { SlotSchedules } from "./slot-schedules.ts";
import { SmppService } from "./smpp-service.ts";
import type { Stage } from "./stage.ts";
import { Sweep } from "./sweep.ts";
import { Tables } from "./tables.ts";

/** `entries`: other source files than the gateway's own, for tests of what surrounds them. */
export type GatewayStackProps = { readonly stage: Stage; readonly entries?: Entries };

/** The whole gateway of one stage. Only the region is fixed, never the account: it synthesises without any look-up. */
export class GatewayStack extends Stack {
	constructor(scope: Construct, id: string, { stage, entries = ownEntries }: GatewayStackProps) {
		super(scope, id, { env: { region: stage.region } });
		const tables = new Tables(this, "tables", stage);
		const queues = new Queues(this, "queues", stage);
		const secrets = new Secrets(this, "secrets", stage);
		const { vpc } = new Network(this, "network");
		const slotSchedules = new SlotSchedules(this, "slot-schedules", stage);
		const stores = { tables, queues, slotSchedules };
		const functions = new Functions(this, "functions", { stage, doors: entries.doors, secrets, vpc, ...stores });
		new Feeds(this, "feeds", { stage, functions, queues });
		new Api(this, "api", { stage, functions });
		new Sweep(this, "sweep", { stage, look: functions.byEntry.look });
		new SmppService(this, "smpp", { stage, entry: entries.smpp, secrets, vpc, ...stores });
	}
}
