import { rmSync } from "node:fs";
import { guardOf } from "#local/permissions/guard.ts";
import { nextCommand, reportToParent } from "#local/processes/parent-commands.ts";
import { type DynamoReady, enginesStart, type RolesApplied, rolesCommand } from "../engine-messages.ts";
import { openDynamoDb } from "./open-dynamodb.ts";

/** The process of DynamoDB. It checks the permissions of its callers. */
const { region, permissions, folder, isDurable } = await nextCommand(enginesStart);
let { roles } = rolesCommand.parse({ roles: {} });
const log = (event: string, fields: object) =>
	console.log(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));

/* The supervisor deletes it, unless the supervisor was killed. */
if (!isDurable) process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const guard = guardOf({
	service: "dynamodb",
	region,
	roles: () => roles,
	onDenied: (caller, { action, resource }) => log("call.denied", { caller, action, resource }),
});
const { url } = await openDynamoDb({
	folder,
	isDurable,
	guard: permissions === "open" ? undefined : guard,
	log,
	onBroken(error) {
		log("dynamodb.write_failed", { error: String(error) });
		process.exit(1);
	},
});
reportToParent({ url } satisfies DynamoReady);
for (;;) {
	({ roles } = await nextCommand(rolesCommand));
	reportToParent({ rolesApplied: true } satisfies RolesApplied);
}
